/** The numbers that a notebook reports about its models. */

import { estimatorFacts, metricFacts } from '../../knowledge/lookup.ts';
import { SCORE } from '../../knowledge/metrics.ts';
import type { MetricFacts } from '../../knowledge/schema.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import { toSnakeCase } from '../../python/names.ts';
import type { Span } from '../../python/statement.ts';
import type { ResolvedCall } from './calls.ts';
import type { Flow, NotebookFlow } from './flow.ts';
import { FunctionScores } from './function-scores.ts';
import { heldNumber, isObjective, objectiveName } from './loop-scores.ts';
import { isScoreName, measureExpression, scoreNameOf, type Measured } from './measure.ts';
import type { Model } from './models.ts';
import { modelsBehind } from './score-models.ts';
import { items, shownBy, type Shown } from './printed.ts';

/** One reported number. */
export interface Score {
  statement: number;
  variable: string | null;
  span: Span | null;
  /** What the number is computed by: import path, `score`, `cross_val_score`; null by hand. */
  function: string | null;
  text: string;
  /** The whole expression that it is computed by. */
  source: string;
  wanted: string;
  label: string;
  facts: MetricFacts | null;
  value?: number;
  /** Models (by index) that the number is about. */
  models: Set<number>;
  kind: 'held_out' | 'training';
}

/** Key of a watched expression. */
export const expressionKey = ({ start, end }: Span): string => `${start}:${end}`;

/** A name in percent or rounded. */
const IN_ANOTHER_FORM =
  /^(?:(?:(?:np|numpy|math)\.)?(?:round|floor|ceil|int|float|str)\()*([A-Za-z_]\w*)\s*(?:\*\s*100(?:\.0)?\s*)?(?:,\s*\d+)?\)*(?:\s*\*\s*100(?:\.0)?)?$/;

/** Finds the scores in document order. */
export class ScoreFinder {
  private readonly notebook: NotebookFlow;
  private readonly models: readonly Model[];
  private readonly functions: FunctionScores;
  private readonly found = new Map<string, Score>();

  constructor(notebook: NotebookFlow, models: readonly Model[]) {
    this.notebook = notebook;
    this.models = models;
    const statements = notebook.flows.map(({ statement }) => statement);
    this.functions = new FunctionScores(statements, notebook.functions);
  }

  find(): Score[] {
    for (const flow of this.notebook.flows) {
      if (/^(function|class|import)$/.test(flow.statement.kind)) continue;
      this.assigned(flow);
      this.assignedInLoop(flow);
      for (const shown of shownBy(flow.statement)) this.shown(flow, shown);
    }
    const scores = [...this.found.values()].filter((score) => score.models.size > 0 && !this.compares(score));
    return once(scores, this.notebook).sort(
      (a, b) => a.statement - b.statement || (a.span?.start ?? 0) - (b.span?.start ?? 0),
    );
  }

  /** The difference of two models' scores is about neither of them. */
  private compares({ statement, variable, source, text, models }: Score): boolean {
    if (models.size < 2) return false;
    const names = new Set(`${source} ${text}`.match(/[A-Za-z_]\w*/g));
    const reads = this.notebook.flows[statement]?.reads ?? new Map<string, number[]>();
    const parts = [...this.found.values()].filter(
      (other) =>
        other.variable !== null &&
        other.variable !== variable &&
        names.has(other.variable) &&
        reads.get(other.variable)?.includes(other.statement) === true,
    );
    return new Set(parts.flatMap(({ models: about }) => [...about])).size > 1;
  }

  /** `acc = accuracy_score(…)`, `acc, f1 = report(…)`, `mean = scores.mean()`. */
  private assigned(flow: Flow): void {
    const { statement } = flow;
    if (statement.kind !== 'assignment' || statement.value === undefined) return;
    const { defines, value, text } = statement;
    this.listed(flow);
    const parts = defines.length > 1 ? items(text, value.span) : [value.span];
    const measured = parts.map((span) => this.measure(flow, span));
    if (parts.length === defines.length && (defines.length > 1 || measured[0] !== null)) {
      parts.forEach((span, index) => {
        const metric = measured[index] ?? null;
        if (metric !== null) this.add(flow, defines[index] ?? null, { span, label: '' }, metric);
      });
      return;
    }
    const call = flow.calls.find(
      ({ call: { span } }) => span.start === value.span.start && span.end === value.span.end,
    );
    const returned = this.returned(call);
    if (returned.length !== defines.length) return;
    defines.forEach((name, index) => {
      const metric = returned[index] ?? null;
      if (metric !== null) this.add(flow, name, { span: null, label: '' }, metric);
    });
  }

  /** `loss, acc = test(model, loader)` on the first level of a loop: the scores of the last turn. */
  private assignedInLoop(flow: Flow): void {
    const { kind, text } = flow.statement;
    const indent = kind === 'for' ? /\n([ \t]+)\S/.exec(text)?.[1] : undefined;
    if (indent === undefined) return;
    for (const resolved of flow.calls) {
      const { start } = resolved.call.span;
      const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
      const names = /^[ \t]+(\w+(?:, *\w+)*) = $/.test(line) ? (line.match(/\w+/g) ?? []) : [];
      const returned = this.returned(resolved);
      if (
        !line.startsWith(indent) ||
        /^\s/.test(line.slice(indent.length)) ||
        names.length !== returned.length
      )
        continue;
      names.forEach((name, index) => {
        const metric = returned[index] ?? null;
        if (metric !== null) this.add(flow, name, { span: null, label: '' }, metric);
      });
    }
  }

  /** What the function of the notebook returns, item by item. */
  private returned(call: ResolvedCall | undefined): (Measured | null)[] {
    const summary = call?.summary;
    const found = summary ? this.functions.returned(summary.statement) : [];
    const [only] = found;
    // `def rmse(y, p)` says it as people do; `evaluate` and `score` say nothing.
    const says =
      summary &&
      isScoreName(summary.name) &&
      !/^(\w+_)?scores?$|^[a-z]+ate_|^(get|print|show)_/.test(summary.name);
    return only && found.length === 1 && says
      ? [{ facts: null, function: null, wanted: summary.name }]
      : found;
  }

  /** `{'R2': r2_score(y, p)}`: metrics in a dict or list, each where it stands. */
  private listed(flow: Flow): void {
    const { text, value } = flow.statement;
    if (
      value === undefined ||
      !/^[[{(]|^pd\.(DataFrame|Series)\(/.test(text.slice(value.span.start, value.span.start + 16))
    )
      return;
    for (const { call } of flow.calls) {
      const measured =
        metricFacts(call.qualified)?.result === 'number' ? this.measure(flow, call.span) : null;
      const label = /["']([^"'\n]{1,60})["']\s*:\s*\[?\s*$/.exec(
        text.slice(Math.max(0, call.span.start - 80), call.span.start),
      )?.[1];
      if (measured !== null && label !== undefined)
        this.add(flow, null, { span: call.span, label }, measured);
    }
  }

  /** What an expression measures: a metric call alone, or an expression around one. */
  private measure(flow: Flow, span: Span): Measured | null {
    const { text } = flow.statement;
    const inside = flow.calls.filter(
      ({ call }) => call.span.start >= span.start && call.span.end <= span.end,
    );
    const scorings = inside.flatMap((resolved) => {
      const facts = this.metricOf(resolved);
      return facts === null ? [] : [{ span: resolved.call.span, facts }];
    });
    return (
      this.ofFolds(flow, text.slice(span.start, Math.min(span.end, span.start + 200)).trim()) ??
      measureExpression(text, span, scorings)
    );
  }

  /** `scores.mean()` and `np.mean(scores)` of the array that a cross-validation gave. */
  private ofFolds({ reads }: Flow, text: string): Measured | null {
    const match = /^-?(?:round\()?(?:(\w+)\.(mean|std|max|min)\(\)|np\.(mean|std|max|min)\((\w+)\))/.exec(
      text,
    );
    const name = match?.[1] ?? match?.[4];
    const how = match?.[2] ?? match?.[3] ?? 'mean';
    const made = name === undefined ? undefined : this.notebook.flows[reads.get(name)?.at(-1) ?? -1];
    if (!made?.calls.some(({ facts }) => facts?.role === 'crossvalidate')) return null;
    return { facts: null, function: 'cross_val_score', wanted: `${name ?? ''}_${how}` };
  }

  private metricOf(resolved: ResolvedCall): (MetricFacts & { function: string }) | null {
    const { call, facts, receiverType, receiver } = resolved;
    const metric = metricFacts(call.qualified);
    if (metric !== undefined) return { ...metric, function: call.qualified };
    const [own, more] = this.returned(resolved);
    if (own?.facts && more === undefined) return { ...own.facts, function: own.function ?? call.qualified };
    if (facts?.role === 'crossvalidate') {
      return {
        key: 'cv_score',
        unitInterval: false,
        better: 'unknown',
        result: 'array',
        function: 'cross_val_score',
      };
    }
    if (facts?.role !== 'score' || call.method === '') return null;
    const known = this.models.some(({ things }) => [...receiver].some((id) => things.has(id)));
    if (!known && estimatorFacts(receiverType) === undefined) return null;
    const score = SCORE[estimatorFacts(receiverType)?.role === 'classifier' ? 'classifier' : 'regressor'];
    if (call.method === 'evaluate')
      return {
        key: 'evaluate',
        unitInterval: false,
        better: 'unknown',
        result: 'array',
        function: 'evaluate',
      };
    return score === undefined ? null : { ...score, function: 'score' };
  }

  private shown(flow: Flow, shown: Shown): void {
    const measured = this.measure(flow, shown.span);
    if (measured !== null) {
      this.add(flow, null, shown, measured);
      return;
    }
    if (shown.name !== null) {
      this.shownName(flow, shown, shown.name);
      return;
    }
    const held = heldNumber(shown.text);
    if (held !== null && flow.statement.defines.includes(held)) {
      this.shownName(flow, { ...shown, numeric: true }, held);
      return;
    }
    if (this.shownAgain(flow, shown)) return;
    const own = flow.calls.find(
      ({ call, summary }) =>
        summary !== null && call.span.start === shown.span.start && call.span.end === shown.span.end,
    );
    const [returned = null, more] = this.returned(own);
    if (returned !== null && more === undefined) {
      this.add(flow, null, shown, returned);
      return;
    }
    const column = /\[["']([\w ]+)["']\](\[-1\])?$/.exec(shown.text)?.[1];
    const facts = flow.record?.expressions[expressionKey(shown.span)];
    const isNumber = facts === undefined ? shown.numeric || held !== null : numberOf(facts) !== null;
    if (!isNumber || !isScoreOf(shown, own?.call.qualified ?? column ?? '')) return;
    const named = isScoreName(shown.label) ? scoreNameOf(shown.label) : (held ?? shown.text);
    const wanted = own?.call.qualified ?? column ?? named;
    this.add(flow, null, shown, { facts: null, function: null, wanted: toSnakeCase(wanted) });
  }

  /** `score * 100`, `round(score, 2)`: a score in another form is no second one. */
  private shownAgain({ reads }: Flow, { text, label }: Shown): boolean {
    const name = IN_ANOTHER_FORM.exec(text)?.[1];
    if (name === undefined) return false;
    const known = this.found.get(`${reads.get(name)?.at(-1) ?? ''} ${name}`);
    if (known?.label === '') known.label = label;
    return known !== undefined;
  }

  /** A name that was computed before, or in the loop that prints it. */
  private shownName(flow: Flow, shown: Shown, name: string): void {
    const isOwn = flow.statement.defines.includes(name);
    const id = isOwn ? flow.statement.id : flow.reads.get(name)?.at(-1);
    const definer = id === undefined ? undefined : this.notebook.flows[id];
    if (definer === undefined || !definer.statement.defines.includes(name)) return;
    const known = this.found.get(`${definer.statement.id} ${name}`);
    if (known !== undefined) {
      if (known.label === '') known.label = shown.label;
      return;
    }
    const facts = definer.record?.values[name];
    if (facts === undefined ? !this.maybeNumber(definer, shown, name) : numberOf(facts) === null) return;
    // Loop counters, sizes and constants say nothing about a model.
    if (facts === undefined && definer.statement.value?.literal !== undefined) return;
    if (new RegExp(`\\bfor\\b[^:\\n]{0,80}\\b${name}\\b[^:\\n]{0,80}\\bin\\b`).test(definer.statement.text))
      return;
    const arithmetic = this.fromScores(definer, name);
    const objective = isObjective(definer.calls, name);
    if (arithmetic === null && !objective && !isScoreName(name) && !isScoreOf(shown, '')) return;
    const wanted = objective ? objectiveName(name) : toSnakeCase(name);
    this.add(
      definer,
      name,
      { span: null, label: shown.label },
      arithmetic ?? { facts: null, function: null, wanted },
    );
  }

  /** `rmse = mse ** 0.5`, `gap = train_score - test_score`: arithmetic on numbers that are scores. */
  private fromScores({ statement, reads }: Flow, variable: string): Measured | null {
    const { value, text } = statement;
    const source = value === undefined ? '' : text.slice(value.span.start, value.span.end);
    if (!/^[\w\s.()*/+,-]+$/.test(source)) return null;
    const names: string[] = source.match(/[A-Za-z_]\w*/g) ?? [];
    const isScore = [...this.found.values()].some(
      ({ variable: held, statement: id }) =>
        held !== null && names.includes(held) && reads.get(held)?.includes(id) === true,
    );
    return isScore ? { facts: null, function: null, wanted: toSnakeCase(variable) } : null;
  }

  private maybeNumber({ statement }: Flow, shown: Shown, name: string): boolean {
    if (shown.numeric) return true;
    const value =
      statement.value === undefined
        ? ''
        : statement.text.slice(statement.value.span.start, statement.value.span.end);
    if (statement.defines.length > 1) return /loss|acc|score|error|rmse|mae|mse|auc|f1|r2/i.test(name);
    return /^(np\.sqrt|np\.mean|np\.round|round|float|sum|math\.sqrt|abs)\(|\.(mean|std|item|max|min)\(\)$|^[\w.\s()]+[/*][\w.\s()]+$/.test(
      value,
    );
  }

  private add(
    flow: Flow,
    variable: string | null,
    place: { span: Span | null; label: string },
    measured: Measured,
  ): void {
    const { statement, record } = flow;
    const span = variable === null ? place.span : null;
    const key = `${statement.id} ${variable ?? expressionKey(place.span ?? { start: 0, end: 0 })}`;
    if (this.found.has(key)) return;
    const facts =
      variable === null ? span && record?.expressions[expressionKey(span)] : record?.values[variable];
    const value = facts ? numberOf(facts) : null;
    if (facts && value === null && !isScalar(facts)) return;
    const about = modelsBehind(this.notebook, this.models, { flow, variable, span: place.span });
    const wanted =
      variable !== null && saysSomething(variable) && measured.function === null && measured.facts === null
        ? toSnakeCase(variable).replace(new RegExp(`^(${toSnakeCase(measured.wanted)})_\\d+$`), '$1')
        : measured.wanted;
    const score: Score = {
      statement: statement.id,
      variable,
      span,
      function: measured.function,
      wanted,
      label: place.label,
      source: place.span === null ? '' : statement.text.slice(place.span.start, place.span.end),
      text: variable ?? statement.text.slice(span?.start ?? 0, span?.end ?? 0),
      facts: measured.facts,
      ...about,
    };
    if (measured.kind !== undefined) score.kind = measured.kind;
    if (measured.function === 'cross_val_score') score.kind = 'training';
    if (/best_score|oob_score/.test(wanted)) score.kind = 'training';
    if (value !== null) score.value = value;
    this.found.set(key, score);
  }
}

/** A letter alone says nothing, but for the names of scores: `r2`, `f1`. */
function saysSomething(variable: string): boolean {
  return variable.length > 2 || isScoreName(variable);
}

/** One number that is shown twice is one score. */
function once(scores: readonly Score[], { flows }: NotebookFlow): Score[] {
  const seen = new Set<string>();
  return scores.filter(({ variable, text, statement }) => {
    if (variable !== null) return true;
    const from = [...(flows[statement]?.reads ?? [])].filter(([name]) =>
      new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\b`).test(text),
    );
    const key = JSON.stringify([text, from]);
    return !seen.has(key) && seen.add(key);
  });
}

/** A number that is no scorer's: its name or what is printed before it says that it is a score. */
function isScoreOf({ text, label }: Shown, name: string): boolean {
  // Sizes, fitted coefficients and single predictions are numbers about something else, whatever stands before them.
  if (/\.(shape|size)\b|^len\(|\w_(\[|$)|\bpred\w*(\.\w+\([^()]*\))?\[/i.test(text)) return false;
  return isScoreName(name) || isScoreName(label) || isScoreName(text.slice(0, 60));
}

/** The number, if the value is one. */
export function numberOf(facts: ValueFacts): number | null {
  return typeof facts.value === 'number' && isScalar(facts) ? facts.value : null;
}

function isScalar({ kind, shape }: ValueFacts): boolean {
  return (
    kind === 'int' || kind === 'float' || ((kind === 'ndarray' || kind === 'tensor') && shape?.length === 0)
  );
}
