import { isBuiltin } from '../../python/names.ts';
import { freeNames, functionSignature } from '../../python/edit.ts';
import { plainLines, type PlainLine } from '../../python/plain-lines.ts';
import type { Argument, Call, Span } from '../../python/statement.ts';
import type { AnalysedStatement, Extraction } from '../1-extract/extraction.ts';
import { unique } from '../../lib/unique.ts';
import { keysIn } from './callables.ts';
import type { Callable } from './layout.ts';
import { isRowWise } from './row-wise.ts';

/** A range in the text of a statement. */
export interface Place {
  statement: number;
  span: Span;
}

/** What a name in the lines stands for: a configuration value, or the literal that a call gave. */
export type Given = { kind: 'key'; key: string } | { kind: 'literal'; text: string };

/**
 * How the notebook turns what the model gives into the predictions that it scores: `proba >= THRESHOLD`. It is the slice of the
 * metric's predictions without the true values (R11.3); `model.predict` alone is none.
 */
export interface Decision {
  /** Assignments, in order. */
  lines: Place[];
  /** The expression whose value is scored. */
  result: Place;
  /** Names of the model and of its input in the lines. */
  model: string;
  input: string;
  given: Record<string, Given>;
  /** Configuration keys in the lines, those of `given` too. */
  keys: string[];
  /** The notebook function that holds the lines. */
  within: string | null;
  cell: number;
  /** Metrics that are computed from these predictions and the prepared true values. */
  scores: { key: string; function: string; arguments: string[] }[];
}

/** These take scores or groups, not predictions. */
const OTHER_METRICS =
  /^sklearn\.metrics\.(roc_|precision_recall_curve|average_precision|auc$|log_loss|brier|hinge|det_curve|n?dcg|top_k|silhouette|calinski|davies|pairwise|make_scorer|plot_|coverage_error|label_ranking|d2_log_loss)/;
const PREDICTS = /^(predict|predict_proba|predict_log_proba|decision_function)$/;

/** Lines in which a value is followed, and what the names stand for that come from outside. */
interface Surrounding {
  statements: AnalysedStatement[];
  lines: (PlainLine & { statement: AnalysedStatement })[];
  within: string | null;
  /** The notebook's name for a name from outside; null where an expression stands for it. */
  outer: (name: string) => string | null;
  given: (name: string) => Given | null;
}

/** Predictions that a metric scores. */
interface Scored {
  call: Call;
  site: AnalysedStatement;
  around: Surrounding;
  decision: Omit<Decision, 'scores'>;
  /** Two with the same text are the same predictions. */
  text: string;
  trivial: boolean;
  input: string | null;
}

/**
 * Finds how the target's predictions are decided where it is scored last; null where `predict` says it all, and where the
 * decision takes more than the model, its input and configuration values. With it, the metrics that these predictions give.
 *
 * @param flow - Kept statements, in order.
 * @param constants - Lifted constants: name → key.
 */
export function findDecision(
  flow: AnalysedStatement[],
  extraction: Extraction,
  constants: Record<string, string>,
  callables: Callable[],
): { decision: Decision | null; scores: Decision['scores'] } {
  const { target } = extraction;
  const none = { decision: null, scores: [] };
  // What a network gives is decided by operations on tensors.
  if (target === null || target.framework === 'torch') return none;
  const known = { flow, extraction, constants, callables };
  const scored = flow.flatMap((site) => [
    ...scoredIn(site, topLevel(site, known), known),
    ...site.calls.flatMap((call) => {
      const around = calledFunction(call, site, known);
      return around === null ? [] : scoredIn(site, around, known);
    }),
  ]);
  const own = scored.filter(
    ({ decision, around, site }) =>
      around.outer(decision.model) === target.name &&
      !flow.some(({ id, defines }) => id > site.id && defines.includes(target.name)),
  );
  const last = own.findLast(({ input }) => input === target.input) ?? own.at(-1);
  if (last === undefined) return none;
  const same = own.filter(({ text, input, trivial }) =>
    last.trivial ? trivial && input === target.input : text === last.text && input === target.input,
  );
  const scores = same.flatMap((item) => scoreOf(item, extraction));
  return { decision: last.trivial ? null : { ...last.decision, scores }, scores };
}

interface Known {
  flow: AnalysedStatement[];
  extraction: Extraction;
  constants: Record<string, string>;
  callables: Callable[];
}

function scoredIn(site: AnalysedStatement, around: Surrounding, { extraction }: Known): Scored[] {
  const holders = around.within === null ? [site] : around.statements;
  return holders.flatMap((holder) =>
    holder.calls.flatMap((call) => {
      if (call.within !== around.within || call.loop || !call.qualified.startsWith('sklearn.metrics.'))
        return [];
      const predicted = argumentOf(call, 'y_pred', 1);
      if (OTHER_METRICS.test(call.qualified) || predicted === undefined) return [];
      const trace = new Trace(around);
      const place = { statement: holder.id, span: predicted.span };
      if (!trace.follow(holder, predicted.span) || trace.model === null || trace.input === null) return [];
      const lines = trace.places();
      const pieces = [...lines, place];
      const keys = pieces.flatMap((piece) => keysAt(piece, extraction));
      const given = Object.fromEntries(trace.given);
      const fromOutside = Object.values(given).flatMap((item) => (item.kind === 'key' ? [item.key] : []));
      const text = pieces.map((piece) => textOf(piece, extraction)).join('\n');
      return [
        {
          call,
          site,
          around,
          decision: {
            lines,
            result: place,
            model: trace.model,
            input: trace.input,
            given,
            keys: unique([...keys, ...fromOutside]),
            within: around.within,
            cell: holder.cell,
          },
          text,
          trivial: trace.trivial,
          input: around.outer(trace.input),
        },
      ];
    }),
  );
}

/** Follows a value back to the model through assignments. */
class Trace {
  model: string | null = null;
  input: string | null = null;
  /** Nothing but names and `model.predict(X)`. */
  trivial = true;
  readonly given = new Map<string, Given>();
  private readonly used = new Set<Surrounding['lines'][number]>();
  private readonly around: Surrounding;

  constructor(around: Surrounding) {
    this.around = around;
  }

  /** False where the value takes something that a new row does not have. */
  follow(statement: AnalysedStatement, span: Span): boolean {
    const { text, calls } = statement;
    const inside = calls.filter((call) => call.span.start >= span.start && call.span.end <= span.end);
    const predicts = inside.filter(({ method, root }) => PREDICTS.test(method) && root !== null);
    let rest = text.slice(span.start, span.end);
    for (const call of predicts) {
      const [first, ...others] = call.arguments;
      const model = call.callee.replace(/\.\w+$/, '');
      if (model !== call.root || first?.name === undefined || first.keyword !== null) return false;
      if (others.some(({ literal }) => literal === undefined)) return false;
      if ((this.model ?? model) !== model || (this.input ?? first.name) !== first.name) return false;
      this.model = model;
      this.input = first.name;
      if (call.method !== 'predict') this.trivial = false;
      const [start, end] = [call.span.start - span.start, call.span.end - span.start];
      rest = rest.slice(0, start) + '0'.padEnd(end - start) + rest.slice(end);
    }
    const others = inside.filter((call) => !predicts.includes(call));
    if (!others.every((call) => isRowWise(call, text))) return false;
    // Of `x if … else y` and brackets over lines, only the expression is asked for.
    if (!/^\s*(0|\w+)\s*$/.test(rest)) this.trivial = false;
    return freeNames(`(${rest})`).every((name) => this.name(name, statement, span.start));
  }

  /** The lines that were followed, in the notebook's order. */
  places(): Place[] {
    return this.around.lines
      .filter((line) => this.used.has(line))
      .map(({ statement, span }) => ({ statement: statement.id, span }));
  }

  private name(name: string, statement: AnalysedStatement, before: number): boolean {
    const line = this.around.lines.findLast(
      (other) =>
        other.binds.includes(name) &&
        (other.statement.id < statement.id ||
          (other.statement.id === statement.id && other.span.end <= before)),
    );
    if (line === undefined || this.around.given(name) !== null) {
      const given = this.around.given(name);
      if (given !== null) this.given.set(name, given);
      return given !== null || isBuiltin(name) || this.isImported(name);
    }
    if (this.used.has(line)) return true;
    if (line.value === null) return false;
    // A name that is bound twice on the way would stand for both values.
    if ([...this.used].some((other) => other.binds.includes(name))) return false;
    this.used.add(line);
    return this.follow(line.statement, line.value);
  }

  private isImported(name: string): boolean {
    return this.around.outer(name) === `import ${name}`;
  }
}

function topLevel(site: AnalysedStatement, { flow, extraction, constants }: Known): Surrounding {
  const statements = flow.filter(({ id }) => id <= site.id);
  const lines = statements.map((statement) => ({
    statement,
    span: { start: 0, end: statement.text.length },
    binds: unique([...statement.defines, ...statement.mutates]),
    value: statement.kind === 'assignment' && statement.defines.length === 1 ? valueOf(statement) : null,
  }));
  const { outer, given } = globals(extraction, constants);
  return { statements, lines, within: null, outer, given };
}

function valueOf({ value, stores }: AnalysedStatement): Span | null {
  return value === undefined || stores.length > 0 ? null : value.span;
}

function globals(
  extraction: Extraction,
  constants: Record<string, string>,
): Pick<Surrounding, 'outer' | 'given'> {
  const imported = new Set(extraction.statements.flatMap((item) => item.imports.map(({ name }) => name)));
  return {
    outer: (name) => (imported.has(name) ? `import ${name}` : name),
    given: (name) => (constants[name] === undefined ? null : { kind: 'key', key: constants[name] }),
  };
}

/** The body of the notebook function that a statement calls, with what the call gives it. */
function calledFunction(call: Call, site: AnalysedStatement, known: Known): Surrounding | null {
  const { callables, extraction, constants } = known;
  if (call.within !== null || call.loop || call.local === true) return null;
  const callable = callables.find(({ name, kind }) => name === call.callee && kind === 'function');
  const statement = extraction.statements.find(({ id }) => id === callable?.statement);
  const signature = statement === undefined ? null : functionSignature(statement.text);
  if (callable === undefined || statement === undefined || signature === null) return null;
  const outside = globals(extraction, constants);
  const parameters = signature.parameters;
  const passed = (name: string): Argument | undefined =>
    argumentOf(
      call,
      name,
      parameters.findIndex((parameter) => parameter.name === name),
    );
  const isParameter = (name: string): boolean => parameters.some((parameter) => parameter.name === name);
  return {
    statements: [statement],
    lines: plainLines(statement.text).map((line) => ({
      ...line,
      statement,
      binds: [...line.binds, ...storedIn(statement, line.span)],
    })),
    within: callable.name,
    outer: (name) => (isParameter(name) ? (passed(name)?.name ?? null) : outside.outer(name)),
    given: (name) => {
      if (!isParameter(name)) return outside.given(name);
      const argument = passed(name);
      if (argument === undefined) {
        const key = Object.entries(callable.defaults).find(([, parameter]) => parameter === name)?.[0];
        const literal = parameters.find((parameter) => parameter.name === name)?.default;
        if (key !== undefined) return { kind: 'key', key };
        return literal?.literal === undefined ? null : { kind: 'literal', text: literal.text };
      }
      if (argument.name !== undefined) return outside.given(argument.name);
      const [key] = keysAt({ statement: site.id, span: argument.span }, extraction);
      if (key !== undefined) return { kind: 'key', key };
      return argument.literal === undefined ? null : { kind: 'literal', text: argument.text };
    },
  };
}

/** Names of which a part is stored into: `pred[pred > 0.5] = 1`. */
function storedIn({ stores }: AnalysedStatement, { start, end }: Span): string[] {
  return stores.flatMap(({ root, span }) => (span.start >= start && span.end <= end ? [root] : []));
}

function argumentOf(call: Call, keyword: string, index: number): Argument | undefined {
  const positional = call.arguments.filter((argument) => argument.keyword === null);
  return call.arguments.find((argument) => argument.keyword === keyword) ?? positional[index];
}

/** Configuration keys of the literals in a range. */
function keysAt({ statement, span }: Place, extraction: Extraction): string[] {
  const own = new Set(keysIn(extraction, statement));
  return extraction.hyperparameters.flatMap(({ key, places }) =>
    own.has(key) &&
    places.some(
      (place) =>
        place.statement === statement &&
        place.constant === undefined &&
        place.span.start >= span.start &&
        place.span.end <= span.end,
    )
      ? [key]
      : [],
  );
}

function textOf({ statement, span }: Place, extraction: Extraction): string {
  const text = extraction.statements.find(({ id }) => id === statement)?.text ?? '';
  return text.slice(span.start, span.end).replace(/\s+/g, ' ');
}

/** The reported metrics that a call of a metric function gives, where a test can compute them again. */
function scoreOf({ call, site, around }: Scored, extraction: Extraction): Decision['scores'] {
  const truth = argumentOf(call, 'y_true', 0);
  const rest = call.arguments.filter(
    (argument) => argument !== truth && argument !== argumentOf(call, 'y_pred', 1),
  );
  if (truth?.name === undefined || around.outer(truth.name) !== extraction.target?.output) return [];
  if (rest.some(({ literal, keyword }) => literal === undefined || keyword === null)) return [];
  return extraction.metrics.flatMap((metric) => {
    const here =
      metric.span === null ||
      around.within !== null ||
      (call.span.start >= metric.span.start && call.span.end <= metric.span.end);
    return metric.statement === site.id && metric.function === call.qualified && here
      ? [
          {
            key: metric.key,
            function: call.qualified,
            arguments: rest.map(({ keyword, text }) => `${keyword ?? ''}=${text}`),
          },
        ]
      : [];
  });
}
