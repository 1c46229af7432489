/** What stays: the backward slice from the target's training, its metrics and what it writes, and why the rest goes. */

import type { Call } from '../../python/statement.ts';
import type { Flow, NotebookFlow } from './flow.ts';
import type { Fit, Model } from './models.ts';
import type { Score } from './scores.ts';
import { backwardSlice, dependents } from './slice.ts';
import { rolesOf } from './stages.ts';
import type { Save } from './target.ts';

/** The decision on every statement. */
export interface Keeping {
  kept: Set<number>;
  /** Not in the package, but a run of the kept statements alone needs them: folders, `sys.path`, `os.chdir`. */
  auxiliary: Set<number>;
  reasons: string[];
}

/** What the slice starts from. */
export interface Criteria {
  models: readonly Model[];
  target: number;
  /** Statements that train the target. */
  fits: readonly number[];
  metrics: readonly Score[];
  saves: readonly Save[];
}

/** Decides on all statements. */
export function decide(notebook: NotebookFlow, criteria: Criteria | null): Keeping {
  const { flows } = notebook;
  if (criteria === null) {
    const kept = new Set<number>();
    return {
      kept,
      auxiliary: new Set(),
      reasons: flows.map((flow) => reasonToDrop(flow, [], 'no model to build a package around')),
    };
  }
  const fromTarget = dependents(flows, criteria.fits);
  const dependsOnTarget = (id: number): boolean => fromTarget.has(id);
  const sinks = new Set([...criteria.fits, ...criteria.metrics.map(({ statement }) => statement)]);
  for (const { statement, models } of criteria.saves) if (models.has(criteria.target)) sinks.add(statement);
  let kept = backwardSlice(flows, sinks);
  for (const flow of flows) {
    if (!isOtherSink(flow, kept, dependsOnTarget) || overwrittenIn(flow, flows) !== null) continue;
    const more = backwardSlice(flows, [flow.statement.id]);
    // A figure that compares all models must not bring their trainings back.
    if (addsModel(criteria, kept, more)) continue;
    sinks.add(flow.statement.id);
    kept = new Set([...kept, ...more]);
  }
  for (const flow of flows)
    if (kept.has(flow.statement.id) && isReplaced(flow)) kept.delete(flow.statement.id);
  addPrints(flows, kept);
  const written = flows
    .filter(({ statement }) => kept.has(statement.id))
    .flatMap(({ files }) => files.filter(({ use }) => use === 'write').map(({ path }) => path));
  const helpers = flows.filter((flow) => !kept.has(flow.statement.id) && isAuxiliary(flow, written));
  const needed = backwardSlice(
    flows,
    helpers.map(({ statement }) => statement.id),
  );
  const auxiliary = new Set([...needed].filter((id) => !kept.has(id)));
  const fits = criteria.models.flatMap(({ fits: all }) => all);
  const readers = keptReaders(flows, kept);
  const reasons = flows.map((flow) => {
    const { id } = flow.statement;
    if (kept.has(id)) return reasonToKeep(flow, { readers, metrics: criteria.metrics, fits });
    if (auxiliary.has(id)) return 'prepares the run only; the package does it itself';
    const again = overwrittenIn(flow, flows);
    if (again !== null) return `writes a file that cell ${again} writes again`;
    return reasonToDrop(flow, fits, 'reaches no metric and no saved file');
  });
  return { kept, auxiliary, reasons };
}

/** Saves of what the target needs (its scaler), and figures and tables that show what it does. */
function isOtherSink(
  flow: Flow,
  kept: ReadonlySet<number>,
  dependsOnTarget: (id: number) => boolean,
): boolean {
  const { id } = flow.statement;
  if (kept.has(id) || flow.record?.outcome === 'failed') return false;
  const roles = rolesOf(flow);
  if (roles.has('savefig') || roles.has('write')) return dependsOnTarget(id);
  if (!roles.has('save')) return false;
  return [...flow.reads.values()].flat().every((from) => kept.has(from) || isImport(flow, from));
}

/**
 * The cell that writes again all that a statement writes, before anybody reads it: only the last file is there in the end. Null if
 * something of it stays.
 */
function overwrittenIn({ statement, files }: Flow, flows: readonly Flow[]): number | null {
  const later = flows.slice(statement.id + 1);
  const again = files
    .filter(({ use }) => use === 'write')
    .map(({ path }) => {
      const next = later.find((flow) => flow.files.some((file) => file.path === path));
      return next !== undefined && writesAnew(next, path) ? next.statement.cell : null;
    });
  return again.includes(null) ? null : (again.at(-1) ?? null);
}

/** The statement as a whole writes the file from its start, and whenever it is run. */
function writesAnew({ statement, files, record }: Flow, path: string): boolean {
  const own = files.filter((file) => file.path === path);
  return (
    ['expression', 'assignment', 'with'].includes(statement.kind) &&
    record?.outcome !== 'failed' &&
    own.every(({ use, call }) => use === 'write' && call.within === null && !appends(statement.text, call))
  );
}

function appends(text: string, { span }: Call): boolean {
  return /["']\s*a[bt+]*["']|append\s*=\s*True/.test(text.slice(span.start, span.end));
}

function isImport({ seen, reads }: Flow, from: number): boolean {
  return [...reads].some(
    ([name, ids]) => ids.includes(from) && ids.length === 1 && seen.get(name)?.size === 1,
  );
}

function addsModel(
  { models, target }: Criteria,
  kept: ReadonlySet<number>,
  more: ReadonlySet<number>,
): boolean {
  return models.some(({ fits }, index) => {
    const isKept = fits.some(({ statement }) => kept.has(statement));
    return index !== target && !isKept && fits.some(({ statement }) => more.has(statement));
  });
}

/** Seeds and display settings: the package has its own way. */
function isReplaced(flow: Flow): boolean {
  const roles = rolesOf(flow);
  return flow.statement.kind === 'expression' && (roles.has('seed') || roles.has('settings'));
}

/** A print that only reads what is there anyway comes back, if its cell has a kept statement (rule R2.5). */
function addPrints(flows: readonly Flow[], kept: Set<number>): void {
  const code = flows.filter(({ statement }) => kept.has(statement.id) && statement.kind !== 'import');
  const cells = new Set(code.map(({ statement }) => statement.cell));
  for (const flow of flows) {
    const { statement } = flow;
    if (kept.has(statement.id) || !cells.has(statement.cell) || !isPrint(flow)) continue;
    const needs = [...flow.reads.values()].flat();
    // A headline says nothing about a value.
    if (needs.length > 0 && needs.every((id) => kept.has(id)) && flow.missing.length === 0)
      kept.add(statement.id);
  }
}

/** A statement that is one call of `print`, changes nothing and draws nothing. */
export function isPrint({ statement, calls, changed, random, record }: Flow): boolean {
  const outer = calls.find(
    ({ call }) => call.span.start === 0 && call.span.end === statement.value?.span.end,
  );
  const prints = statement.kind === 'expression' && outer?.call.qualified === 'print';
  return prints && changed.size === 0 && random.length === 0 && (record === null || record.outcome === 'ran');
}

/** `written`: what kept statements write. */
function isAuxiliary(flow: Flow, written: readonly string[]): boolean {
  if (/^(sys\.path\.(append|insert)|os\.chdir)$/.test(flow.calls[0]?.call.qualified ?? '')) return true;
  const folders = flow.files
    .filter(({ use }) => use === 'folder')
    .map(({ path }) => path.replace(/\/+$/, ''));
  return folders.some((folder) => written.some((path) => path.startsWith(`${folder}/`)));
}

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** Kept statements that read a name, by the name. */
function keptReaders(flows: readonly Flow[], kept: ReadonlySet<number>): Map<string, Flow[]> {
  const readers = new Map<string, Flow[]>();
  for (const flow of flows) {
    if (!kept.has(flow.statement.id)) continue;
    for (const name of flow.reads.keys()) {
      const known = readers.get(name);
      if (known === undefined) readers.set(name, [flow]);
      else known.push(flow);
    }
  }
  return readers;
}

interface Context {
  readers: ReadonlyMap<string, readonly Flow[]>;
  metrics: readonly Score[];
  fits: readonly Fit[];
}

function reasonToKeep(flow: Flow, { readers, metrics, fits }: Context): string {
  const { statement, mutates } = flow;
  const roles = rolesOf(flow);
  if (statement.kind === 'import') return 'imported by kept code';
  if (statement.kind === 'function' || statement.kind === 'class') {
    const [name] = statement.defines;
    const users = (readers.get(name ?? '') ?? []).filter((other) =>
      other.reads.get(name ?? '')?.includes(statement.id),
    );
    const cells = [...new Set(users.map((other) => other.statement.cell))].slice(0, 5);
    const verb = statement.kind === 'class' ? 'class used' : 'function called';
    return `${verb} in ${cells.length === 1 ? 'cell' : 'cells'} ${cells.join(', ')}`;
  }
  if (roles.has('save') || roles.has('write') || roles.has('savefig')) {
    const [file] = flow.files.filter(({ use }) => use === 'write');
    return file === undefined ? 'writes a file' : `writes \`${file.path}\``;
  }
  const trained = [...new Set(fits.filter((fit) => fit.statement === statement.id).map(({ name }) => name))];
  if (trained.length > 0) return `trains ${list(trained)}`;
  if (statement.defines.length > 0) return `defines ${list(statement.defines.slice(0, 6))}`;
  if (metrics.some((metric) => metric.statement === statement.id)) return 'reports a metric';
  if (isPrint(flow)) return 'print of kept values';
  if (mutates.length > 0) return `changes ${list(mutates.slice(0, 6))}`;
  if (roles.has('plot') || roles.has('figure')) return 'draws a saved figure';
  return 'needed by kept code';
}

function reasonToDrop(flow: Flow, fits: readonly Fit[], otherwise: string): string {
  const { statement, mutates } = flow;
  const roles = rolesOf(flow);
  if (statement.kind === 'import') return 'not used by kept code';
  if (roles.has('seed') && statement.kind === 'expression') return 'gives the seed of the package';
  if (roles.has('settings') && statement.kind === 'expression') return 'display configuration';
  if (isSettingsStore(flow)) return 'display configuration';
  if (statement.kind === 'function') return 'function that kept code does not call';
  if (statement.kind === 'class') return 'class that kept code does not use';
  const trained = [...new Set(fits.filter((fit) => fit.statement === statement.id).map(({ name }) => name))];
  if (trained.length > 0) return `trains ${list(trained)}, which the target does not need`;
  if (roles.has('savefig')) return 'figure that does not depend on the target alone';
  if (roles.has('show')) return 'shows a plot';
  if (roles.has('plot') || roles.has('figure')) return 'plot that is not saved';
  if (roles.has('write') || roles.has('save')) return 'file that does not come from the target';
  if (isPrint(flow) || roles.has('display')) return 'display only';
  if (statement.kind === 'expression' && mutates.length === 0) return 'display only';
  if (statement.kind === 'delete') return 'frees memory only';
  if (/^assert\b/.test(statement.text)) return 'check only';
  const names = statement.defines.length > 0 ? statement.defines : mutates;
  return names.length > 0
    ? `${list(names.slice(0, 6))} ${names.length > 1 ? otherwise.replace('reaches', 'reach') : otherwise}`
    : otherwise;
}

/** `plt.rcParams['figure.figsize'] = …`, `pd.options.display.max_rows = 9`. */
export function isSettingsStore({ statement, seen }: Flow): boolean {
  return (
    statement.kind === 'assignment' &&
    statement.defines.length === 0 &&
    statement.stores.length > 0 &&
    /^(plt|matplotlib|mpl|pd|pandas|sns|seaborn|np|warnings|pio|InteractiveShell|rcParams|pylab)\b/.test(
      statement.text,
    ) &&
    seen.size > 0
  );
}
