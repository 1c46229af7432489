/** Literals of kept code that move to the configuration (rule R6). */

import { dictsAt, readDictEntries } from '../../python/dict-entries.ts';
import { toSnakeCase, uniqueName } from '../../python/names.ts';
import type { Argument, Literal, Span } from '../../python/statement.ts';
import type { AnalysedStatement, Hyperparameter, HyperparameterPlace } from './extraction.ts';
import type { Files } from './files.ts';
import type { Flow, NotebookFlow } from './flow.ts';
import { functionDefaults } from './function-defaults.ts';
import { liftableArguments, type LiftableCall } from './liftable.ts';
import { sectionOf } from './sections.ts';
import { lineOf, type SeedChoice, type SeedPlace } from './seeds.ts';

/** What the step knows when it comes to the configuration. */
export interface LiftInput {
  notebook: NotebookFlow;
  statements: readonly AnalysedStatement[];
  files: Files;
  seed: SeedChoice;
}

/** All hyperparameters, in the order in which they stand in the notebook; seeds first. */
export function liftHyperparameters(input: LiftInput): Hyperparameter[] {
  return new Lifter(input).lift();
}

class Lifter {
  private readonly input: LiftInput;
  private readonly found: Hyperparameter[] = [];
  private readonly taken = new Set<string>();

  constructor(input: LiftInput) {
    this.input = input;
  }

  lift(): Hyperparameter[] {
    const { statements, notebook } = this.input;
    this.seeds();
    this.paths();
    // Constants first: `batch_size=BATCH_SIZE` has the better claim to the plain key.
    for (const statement of statements) if (statement.kept) this.constant(statement);
    for (const statement of statements) {
      if (!statement.kept) continue;
      const flow = notebook.flows[statement.id];
      if (flow === undefined) continue;
      for (const call of liftableArguments(flow, notebook)) this.call(statement, call);
    }
    for (const found of functionDefaults(notebook, statements)) {
      const { stage, name, statement, span, literal, owner } = found;
      this.add(this.key(stage, [toSnakeCase(name), toSnakeCase(`${owner}_${name}`)]), {
        literal,
        source: 'default',
        description: `\`${owner}\`: default of \`${name}\``,
        places: [{ ...this.place(statement, span), callee: owner, argument: name }],
      });
    }
    const order = (entry: Hyperparameter): number =>
      entry.source === 'seed' ? -1 : (entry.places[0]?.statement ?? 0);
    return this.found
      .map((entry, index) => ({ entry, index }))
      .sort((a, b) => order(a.entry) - order(b.entry) || a.index - b.index)
      .map(({ entry }) => entry);
  }

  private add(key: string, entry: Omit<Hyperparameter, 'key'>): void {
    this.taken.add(key);
    this.found.push({ key, ...entry });
  }

  private key(stage: string, wanted: readonly string[]): string {
    const keys = wanted.map((name) => `${stage}.${name}`);
    return (
      keys.find((key) => !this.taken.has(key) && !this.isGroup(key)) ??
      uniqueName(keys.at(-1) ?? stage, this.taken)
    );
  }

  /** A key may not be a value and a group of values at once. */
  private isGroup(key: string): boolean {
    return [...this.taken].some((other) => other.startsWith(`${key}.`) || key.startsWith(`${other}.`));
  }

  private place(id: number, span: Span): HyperparameterPlace {
    const statement = this.input.statements[id];
    if (statement === undefined) throw new RangeError(`no statement ${id}`);
    return { statement: id, cell: statement.cell, line: lineOf(statement, span), span };
  }

  private seeds(): void {
    const { seed, statements } = this.input;
    const used = seed.places.filter((place) => place.kept || place.global);
    const same = used.filter(({ value }) => value === seed.value);
    const literal: Literal = { kind: 'int', value: seed.value };
    const callees = [
      ...new Set(
        same.map(({ callee, argument, global }) =>
          global ? callee : `${callee.split('.').at(-1) ?? ''}(${argument}=)`,
        ),
      ),
    ];
    this.add('seed', {
      literal,
      source: seed.added ? 'added' : 'seed',
      places: this.seedPlaces(same.filter(({ kept }) => kept)),
      description: seed.added
        ? 'added: the notebook has no seed'
        : callees.map((callee) => `\`${callee}\``).join(', '),
    });
    for (const place of used) {
      if (place.value === seed.value || !place.kept) continue;
      const call = this.callAt(place.statement, place.span);
      const section = call?.section ?? sectionOf(statements[place.statement]?.stage ?? 'data');
      const owner = toSnakeCase(place.callee.split('.').at(-1) ?? '');
      const wanted = call?.group
        ? [`${call.group}.${place.argument}`]
        : [place.argument, `${owner}_${place.argument}`];
      this.add(this.key(section, wanted), {
        literal: place.literal,
        source: 'seed',
        places: this.seedPlaces([place]),
        description: `\`${place.callee.split('.').at(-1) ?? ''}(${place.argument}=)\`, another value than \`seed\``,
      });
    }
  }

  private seedPlaces(places: readonly SeedPlace[]): HyperparameterPlace[] {
    const found = new Map<string, HyperparameterPlace>();
    for (const { statement, span, callee, argument, constant } of places) {
      if (constant !== null) {
        const place = this.place(constant.statement, constant.span);
        found.set(`${constant.statement}`, { ...place, constant: constant.name });
      } else found.set(`${statement}:${span.start}`, { ...this.place(statement, span), callee, argument });
    }
    return [...found.values()];
  }

  private paths(): void {
    const { inputs, outputs, rereads } = this.input.files;
    const byKey = new Map<string, Hyperparameter>();
    for (const file of [...inputs, ...outputs]) {
      const isInput = 'reader' in file;
      const place: HyperparameterPlace = {
        ...this.place(file.constant?.statement ?? file.statement, file.span),
      };
      if (file.constant) place.constant = file.constant.name;
      else place.callee = isInput ? file.reader : '';
      const known = byKey.get(file.key);
      if (known !== undefined) {
        if (
          !known.places.some(
            ({ statement, span }) => statement === place.statement && span.start === place.span.start,
          )
        )
          known.places.push(place);
        continue;
      }
      const value = isInput ? (file.path ?? file.written) : file.path;
      const entry: Hyperparameter = {
        key: file.key,
        literal: { kind: 'string', value },
        places: [place],
        source: 'path',
        description: isInput ? `\`${file.reader}\`` : `was \`${file.written}\``,
      };
      byKey.set(file.key, entry);
      this.add(file.key, entry);
    }
    for (const { key, statement, span, constant } of rereads) {
      // A constant that holds the path of the write and of the read is one place.
      if (constant === undefined) byKey.get(key)?.places.push(this.place(statement, span));
    }
  }

  /** `NAME = literal` that feeds kept code and is never bound or changed again. */
  private constant(statement: AnalysedStatement): void {
    const { value, defines, kind, id } = statement;
    const [name] = defines;
    const dicts = value === undefined ? [] : dictsAt(statement.text, value.span);
    const isDict = dicts.length > 0;
    if (kind !== 'assignment' || defines.length !== 1 || name === undefined) return;
    if (value === undefined || (value.literal === undefined && !isDict)) return;
    if (this.isTaken(id, value.span)) return;
    const readers = this.readers(id, name);
    if (readers.length === 0 || this.isChangedLater(id, name)) return;
    const unpacking = isDict ? this.unpacking(readers, name) : undefined;
    if (isDict && this.isGrid(readers, name))
      this.grids(statement, dicts, { wanted: [toSnakeCase(name)], name, more: { constant: name } });
    else if (unpacking !== undefined) this.entries(statement, { ...value, name }, unpacking);
    else if (value.literal === undefined) return;
    else if (isNumbers(value.literal) || (isText(value.literal) && this.isArgument(readers, name))) {
      const stage = this.sectionOfArgument(readers, name) ?? sectionOf(this.stageOfReaders(readers));
      this.add(this.key(stage, [toSnakeCase(name)]), {
        literal: value.literal,
        source: 'constant',
        description: `\`${name}\``,
        places: [{ ...this.place(id, value.span), constant: name }],
      });
    }
  }

  private isTaken(id: number, span: Span): boolean {
    return this.found.some(({ places }) =>
      places.some((place) => place.statement === id && place.span.start === span.start),
    );
  }

  private readers(id: number, name: string): Flow[] {
    const { statements, notebook } = this.input;
    return notebook.flows.filter(
      ({ statement, reads }) => statements[statement.id]?.kept === true && reads.get(name)?.includes(id),
    );
  }

  private isChangedLater(id: number, name: string): boolean {
    return this.input.notebook.flows.some(
      ({ statement, mutates }) =>
        statement.id !== id &&
        (statement.defines.includes(name) || mutates.includes(name)) &&
        this.input.statements[statement.id]?.kept === true,
    );
  }

  /** The call whose argument stands at this range. */
  private callAt(id: number, span: Span): LiftableCall | undefined {
    const flow = this.input.notebook.flows[id];
    const calls = flow === undefined ? [] : liftableArguments(flow, this.input.notebook, true);
    return calls.find(({ all }) => all.some((argument) => argument.span.start === span.start));
  }

  /** A constant that a constructor gets belongs where the constructor's other values are. */
  private sectionOfArgument(readers: readonly Flow[], name: string): string | null {
    for (const flow of readers) {
      const calls = liftableArguments(flow, this.input.notebook, true);
      const call = calls.find(({ all }) => all.some((argument) => argument.name === name));
      if (call !== undefined) return call.section;
    }
    return null;
  }

  /** First stage of those that use it; a function counts as what it is for. */
  private stageOfReaders(readers: readonly Flow[]): string {
    const { statements } = this.input;
    for (const { statement, calls } of readers) {
      const stage = statements[statement.id]?.stage;
      const functions = calls.flatMap(({ summary }) => (summary === null ? [] : [summary.statement]));
      const inner = functions.map((id) => statements[id]?.stage).find((each) => each !== undefined);
      if (inner !== undefined && stage !== 'training') return inner;
      if (stage !== undefined && stage !== 'config') return stage;
    }
    return 'data';
  }

  private isGrid(readers: readonly Flow[], name: string): boolean {
    return readers.some(
      (flow) =>
        liftableArguments(flow, this.input.notebook, true).some(({ grids }) =>
          grids.some((argument) => argument.name === name),
        ) ||
        flow.calls.some(
          ({ call, facts }) =>
            facts?.role === 'train' && call.arguments.some((argument) => argument.name === name),
        ),
    );
  }

  /** The grids of a search: one dict, or a list of them. */
  private grids(
    statement: AnalysedStatement,
    dicts: readonly Span[],
    { wanted, ...rest }: { wanted: string[]; name: string; more: Partial<HyperparameterPlace> },
  ): void {
    dicts.forEach((span, at) => {
      const names = dicts.length === 1 ? wanted : wanted.map((name) => `${name}_${at + 1}`);
      this.grid(statement, span, { group: this.key('training', names), ...rest });
    });
  }

  /** One key for each entry of a grid; candidates that are computed stay where they are. */
  private grid(
    { id, text }: AnalysedStatement,
    span: Span,
    { group, name, more }: { group: string; name: string; more: Partial<HyperparameterPlace> },
  ): void {
    for (const { key, literal, span: place } of readDictEntries(text, span)) {
      if (literal === undefined) continue;
      this.add(uniqueName(`${group}.${key}`, this.taken), {
        literal,
        source: 'grid',
        description: `\`${name}['${key}']\``,
        places: [{ ...this.place(id, place), ...more }],
      });
    }
  }

  /** The call that gets the entries of a dict as arguments: `Model(**config)`. */
  private unpacking(readers: readonly Flow[], name: string): LiftableCall | undefined {
    return readers
      .flatMap((flow) => liftableArguments(flow, this.input.notebook, true))
      .find(({ unpacked }) => unpacked.some((argument) => argument.name === name));
  }

  /** One key for each entry of a dict of arguments, as if the call had them. The dict stays. */
  private entries(
    { id, text }: AnalysedStatement,
    { span, name }: { span: Span; name: string },
    { call, section, takes }: LiftableCall,
  ): void {
    for (const { key, literal, span: place } of readDictEntries(text, span)) {
      if (literal === undefined || literal.kind === 'none' || !takes(key, literal)) continue;
      this.add(this.key(section, [toSnakeCase(key), toSnakeCase(`${name}_${key}`)]), {
        literal,
        source: 'argument',
        description: `\`${call.callee.split('.').at(-1) ?? ''}(${key}=)\``,
        places: [{ ...this.place(id, place), callee: call.qualified, argument: key }],
      });
    }
  }

  private isArgument(readers: readonly Flow[], name: string): boolean {
    return readers.some((flow) =>
      liftableArguments(flow, this.input.notebook, true).some(({ all }) =>
        all.some((argument) => argument.name === name),
      ),
    );
  }

  private call(
    statement: AnalysedStatement,
    { call, section, owner, group, lifted, grids }: LiftableCall,
  ): void {
    const short = call.qualified.startsWith('<')
      ? call.method
      : call.callee.split('.').length > 2
        ? call.callee
        : (call.qualified.split('.').at(-1) ?? '');
    for (const { argument, parameter } of lifted) {
      if (argument.literal === undefined || this.isTaken(statement.id, argument.span) || isNone(argument))
        continue;
      const base = toSnakeCase(parameter);
      const wanted =
        group === null
          ? [base, toSnakeCase(`${owner ?? short}_${parameter}`), toSnakeCase(`${short}_${parameter}`)]
          : [`${group}.${base}`];
      const isColumn = owner !== null && /^pandas\.q?cut$/.test(call.qualified);
      if (isColumn) wanted.shift();
      this.add(this.key(section, wanted), {
        literal: argument.literal,
        source: 'argument',
        description: `\`${short}(${parameter}=)\``,
        places: [{ ...this.place(statement.id, argument.span), callee: call.qualified, argument: parameter }],
      });
    }
    for (const argument of grids) {
      if (this.isTaken(statement.id, argument.span)) continue;
      const name = argument.keyword ?? 'param_grid';
      const wanted = [toSnakeCase(name), toSnakeCase(`${owner ?? short}_${name}`)];
      const more = { callee: call.qualified, argument: name };
      this.grids(statement, dictsAt(statement.text, argument.span), { wanted, name, more });
    }
  }
}

function isNone({ literal }: Argument): boolean {
  return literal?.kind === 'none';
}

function isNumbers(literal: Literal): boolean {
  if (literal.kind === 'int' || literal.kind === 'float' || literal.kind === 'bool') return true;
  return (
    (literal.kind === 'list' || literal.kind === 'tuple') &&
    literal.items.length > 0 &&
    literal.items.every((item) => isNumbers(item) || item.kind === 'none')
  );
}

function isText(literal: Literal): boolean {
  return (
    literal.kind === 'string' ||
    ((literal.kind === 'list' || literal.kind === 'tuple') &&
      literal.items.length > 0 &&
      literal.items.every((item) => item.kind === 'string'))
  );
}
