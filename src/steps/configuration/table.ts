import type { Literal } from '../../python/statement.ts';
import type { ConfigEntry, InputPlan, PackagePlan } from '../2-structure/plan.ts';
import { configAnnotation } from './annotation.ts';
import { artifactsOf, dottedKey } from './artifacts.ts';
import { pascalCase, safeName, unique } from './names.ts';

/**
 * The one table of the configuration. `src/config.py`, `configs/default.yaml`, `MLproject` and
 * `configs/mlflow_pipeline.yaml` are written from it, so they agree.
 */

/** One value of the configuration. */
export interface Leaf {
  kind: 'leaf';
  name: string;
  /** Dotted, as in default.yaml and in Python: `training.param_grid.max_depth`. */
  key: string;
  /** The plan's key, before it was made a Python name. */
  planned: string;
  annotation: string;
  literal: Literal;
  /** For default.yaml; may be empty. */
  comment: string;
  /** For the docstring, without a final period. */
  text: string;
}

/** A group of values: a dataclass and a mapping. */
export interface Section {
  kind: 'section';
  name: string;
  /** Empty for the root. */
  key: string;
  className: string;
  /** First line of the docstring, without a final period. */
  text: string;
  comment: string;
  members: (Leaf | Section)[];
}

export interface Configuration {
  root: Section;
  /** In the order of the file. */
  leaves: Leaf[];
  /** By the plan's key. */
  byKey: Map<string, Leaf>;
  /** By the plan's key. */
  sections: Map<string, Section>;
}

/** A value before it has its place in the table. */
interface Row {
  key: string;
  literal: Literal;
  annotation: string;
  comment: string;
  text: string;
  cells: number[];
  grid: boolean;
}

const text = (value: string): Literal => ({ kind: 'string', value });
const withoutPeriod = (sentence: string): string => sentence.trim().replace(/\.$/, '');
const oneLine = (words: string): string => words.replace(/\s+/g, ' ').trim();
const code = (words: string): string => `\`\`${oneLine(words).replaceAll('`', "'")}\`\``;

function cellsText(cells: readonly number[]): string {
  const distinct = [...new Set(cells)].sort((left, right) => left - right);
  return distinct.length === 0 ? '' : `${distinct.length === 1 ? 'cell' : 'cells'} ${distinct.join(', ')}`;
}

/** `CSV file read in cell 3`. */
function inputText(input: InputPlan): string {
  const suffix = /\.([a-z0-9]{1,7})$/i.exec(input.path ?? '')?.[1];
  return `${suffix === undefined ? 'File' : `${suffix.toUpperCase()} file`} read in cell ${input.cell}`;
}

/** What an entry is, by where it stands in the notebook. */
function entryText(entry: ConfigEntry): string {
  const place = entry.places[0];
  if (place === undefined) return withoutPeriod(oneLine(entry.description)) || code(entry.key);
  const where = `cell ${place.cell}`;
  if (entry.source === 'seed') return 'Seed of every random number generator';
  if (entry.source === 'grid') return `Candidates for ${code(entry.key.split('.').at(-1) ?? entry.key)}`;
  if (place.constant !== undefined) return `${code(place.constant)} of ${where}`;
  if (place.callee !== undefined && place.argument !== undefined) {
    const callee = code(place.callee.split('.').at(-1) ?? place.callee);
    return entry.source === 'default'
      ? `${code(place.argument)} of ${callee}, default in ${where}`
      : `${code(place.argument)} of ${callee} in ${where}`;
  }
  const description = withoutPeriod(oneLine(entry.description));
  return description === '' ? `Value of ${where}` : `${code(description)} of ${where}`;
}

function rowOf(entry: ConfigEntry): Row {
  return {
    key: entry.key,
    literal: entry.literal,
    annotation: configAnnotation(entry.annotation, entry.literal),
    comment: entry.comment,
    text: entryText(entry),
    cells: entry.places.map(({ cell }) => cell),
    grid: entry.source === 'grid',
  };
}

const added = (key: string, value: Literal, annotation: string, about: string, comment = ''): Row => ({
  key,
  literal: value,
  annotation,
  comment,
  text: about,
  cells: [],
  grid: false,
});

/** The plan's entries and what every package needs, in the order of the file. */
function rowsOf(plan: PackagePlan): Row[] {
  const planned = plan.config.map(rowOf);
  const rowByKey = new Map(planned.map((row) => [row.key, row]));
  const { seed } = plan;
  const seedComment = seed.added ? 'added, the notebook sets none' : cellsText(seed.cells);
  const seedRow = added(
    'seed',
    { kind: 'int', value: seed.value },
    'int',
    'Seed of every random number generator',
    seedComment,
  );
  const inputs = plan.inputs
    .filter(({ path }) => path !== null)
    .map((input) => ({
      key: dottedKey(input.key, 'data'),
      row: added(
        dottedKey(input.key, 'data'),
        text(input.path ?? ''),
        'str',
        inputText(input),
        `cell ${input.cell}`,
      ),
    }));
  const inputRows = inputs.map(({ key, row }) => {
    const own = rowByKey.get(key);
    return own === undefined ? row : { ...own, text: row.text };
  });
  const pathRows =
    plan.inputs.length === 0
      ? []
      : [
          added(
            'paths.root',
            text(plan.root),
            'str',
            'Folder that the paths of the data start from, relative to this package or absolute',
            'the repository',
          ),
        ];
  const artifactRows = artifactsOf(plan).map((artifact) => {
    const was = artifact.was === null || artifact.was === artifact.path ? '' : `was ${artifact.was}`;
    const unsaved = artifact.kind === 'fitted' ? 'not saved by the notebook' : '';
    const cell = artifact.cell === null ? unsaved : `cell ${artifact.cell}`;
    const own = rowByKey.get(artifact.key);
    const about = withoutPeriod(oneLine(artifact.description)) || own?.text || 'File that the package writes';
    const comment = own?.comment ?? [cell, was].filter((part) => part !== '').join(', ');
    return added(artifact.key, own?.literal ?? text(artifact.path), 'str', about, comment);
  });
  const trackingRows = [
    added(
      'tracking.uri',
      text('sqlite:///mlflow.db'),
      'str',
      'Tracking server; the variable ``MLFLOW_TRACKING_URI`` takes precedence',
    ),
    added('tracking.experiment', text(plan.name), 'str', 'Experiment that receives the runs'),
  ];
  const frame = [...inputRows, ...pathRows, ...artifactRows, ...trackingRows];
  const frameKeys = new Map(frame.map((row) => [row.key, row]));
  const isLate = (key: string): boolean => /^(?:paths|artifacts|tracking)\./.test(key);
  const merged = planned.map((row) => {
    const own = frameKeys.get(row.key);
    return own === undefined ? row : { ...own, literal: row.literal, comment: row.comment || own.comment };
  });
  const absent = frame.filter(({ key }) => !rowByKey.has(key));
  const rows = [
    ...(rowByKey.has('seed') ? [] : [seedRow]),
    ...merged.filter(({ key }) => !isLate(key)),
    ...absent.filter(({ key }) => !isLate(key)),
  ];
  const late = [...merged, ...absent].filter(({ key }) => isLate(key));
  return [...rows, ...late];
}

const SECTIONS = new Map([
  ['data', 'Data stage'],
  ['model', 'Model stage'],
  ['training', 'Training stage'],
  ['evaluation', 'Evaluation stage'],
  ['paths', 'Where the data lies'],
  ['artifacts', 'Files the package writes'],
  ['tracking', 'MLflow tracking'],
]);
const ORDER = [...SECTIONS.keys()];

/** Single values first, the seed before all, then the stages in the order of a run; other sections after them. */
function rank(member: Leaf | Section): number {
  if (member.kind === 'leaf') return member.planned === 'seed' ? -2 : -1;
  const position = ORDER.indexOf(member.name);
  return position === -1 ? ORDER.indexOf('paths') - 0.5 : position;
}

/** Builds the table. */
class Builder {
  readonly root: Section = {
    kind: 'section',
    name: '',
    key: '',
    className: 'Config',
    text: 'Whole configuration',
    comment: '',
    members: [],
  };
  readonly #names = new Map<Section, Set<string>>([[this.root, new Set()]]);
  readonly #classes = new Set(['Config']);
  readonly sections = new Map<string, Section>();
  readonly leaves: Leaf[] = [];

  #section(parent: Section, planned: string, rows: readonly Row[]): Section {
    const known = this.sections.get(planned);
    if (known !== undefined) return known;
    const part = planned.split('.').at(-1) ?? planned;
    const name = unique(safeName(part), this.#names.get(parent) ?? new Set());
    const inside = rows.filter(({ key }) => key.startsWith(`${planned}.`));
    const cells = cellsText(inside.flatMap((row) => row.cells));
    const topLevel = parent === this.root;
    const comments = new Set(inside.map(({ comment }) => comment));
    const shared = !topLevel && comments.size === 1 ? (inside[0]?.comment ?? '') : '';
    const section: Section = {
      kind: 'section',
      name,
      key: parent.key === '' ? name : `${parent.key}.${name}`,
      className: this.#className(parent, name),
      text:
        (topLevel ? SECTIONS.get(part) : undefined) ??
        (cells === '' ? `Values of ${code(part)}` : `${code(part)} of ${cells}`),
      comment: shared,
      members: [],
    };
    parent.members.push(section);
    this.sections.set(planned, section);
    this.#names.set(section, new Set());
    return section;
  }

  #className(parent: Section, name: string): string {
    const plain = `${pascalCase(name)}Config`;
    const long = parent.key === '' ? plain : `${pascalCase(parent.key.replaceAll('.', '_'))}${plain}`;
    return unique(this.#classes.has(plain) ? long : plain, this.#classes);
  }

  add(row: Row, rows: readonly Row[]): void {
    const parts = row.key.split('.');
    let parent = this.root;
    parts.slice(0, -1).forEach((_, index) => {
      parent = this.#section(parent, parts.slice(0, index + 1).join('.'), rows);
    });
    const name = unique(safeName(parts.at(-1) ?? row.key), this.#names.get(parent) ?? new Set());
    const leaf: Leaf = {
      kind: 'leaf',
      name,
      key: parent.key === '' ? name : `${parent.key}.${name}`,
      planned: row.key,
      annotation: row.annotation,
      literal: row.literal,
      comment: parent.comment !== '' && parent.comment === row.comment ? '' : row.comment,
      text: row.text,
    };
    parent.members.push(leaf);
    this.leaves.push(leaf);
  }
}

function allLeaves(section: Section): Leaf[] {
  return section.members.flatMap((member) => (member.kind === 'leaf' ? [member] : allLeaves(member)));
}

/** The configuration of a package. */
export function configuration(plan: PackagePlan): Configuration {
  const rows = rowsOf(plan);
  const builder = new Builder();
  for (const row of rows) builder.add(row, rows);
  builder.root.members.sort((left, right) => rank(left) - rank(right));
  return {
    root: builder.root,
    leaves: allLeaves(builder.root),
    byKey: new Map(builder.leaves.map((leaf) => [leaf.planned, leaf])),
    sections: builder.sections,
  };
}
