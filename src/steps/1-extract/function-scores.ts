/** The scores that a function of the notebook computes: those that it returns and those that it only prints. */

import { metricFacts } from '../../knowledge/lookup.ts';
import { SCORE } from '../../knowledge/metrics.ts';
import type { Span, Statement } from '../../python/statement.ts';
import { straightLine, type BodyStatement } from '../../python/straight-line.ts';
import type { Functions } from './functions.ts';
import { heldNumber, objectiveName } from './loop-scores.ts';
import { isScoreName, measureExpression, scoreNameOf, type Measured, type Scoring } from './measure.ts';
import { items, shownBy } from './printed.ts';

/** A score that a function prints wherever it runs to its end. */
export interface PrintedScore {
  /** Name of the function that holds it; null: the expression at `span` stands in the print alone. */
  name: string | null;
  span: Span;
  /** The statement of the body that prints it. */
  statement: BodyStatement;
  measured: Measured;
}

/** Reads the scores of functions, each once. */
export class FunctionScores {
  private readonly statements: readonly Statement[];
  private readonly functions: Functions;
  private readonly returns = new Map<number, (Measured | null)[]>();

  constructor(statements: readonly Statement[], functions: Functions) {
    this.statements = statements;
    this.functions = functions;
  }

  /** What each item of its last `return a, b` measures. */
  returned(id: number): (Measured | null)[] {
    const known = this.returns.get(id);
    if (known !== undefined) return known;
    this.returns.set(id, []); // a function that calls itself adds nothing
    const statement = this.statements[id];
    const last = this.functions.top(id)?.returns.at(-1);
    if (statement === undefined || last === undefined) return [];
    const values = new Body(statement, this).values(last.span.start);
    const evaluates = this.evaluates(id);
    const found = items(statement.text, last.span).map((span) => {
      const item = statement.text.slice(span.start, span.end);
      const isMany = /(losses|accuracies|accs|scores|errors)(_|$)/i.test(item);
      const byHand = evaluates && values.isBound(item) && isScoreName(item) && !isMany;
      return values.measure(span) ?? (byHand ? { facts: null, function: null, wanted: item } : null);
    });
    this.returns.set(id, found);
    return found;
  }

  /** The scores that it prints outside of branches and loops, each once. */
  printed(id: number): PrintedScore[] {
    const statement = this.statements[id];
    const [name] = statement?.defines ?? [];
    if (statement === undefined || name === undefined) return [];
    const body = new Body(statement, this);
    const evaluates = this.evaluates(id);
    const found = new Map<string, PrintedScore>();
    for (const { span, text, label, numeric, name: shown } of shownBy(statement, name)) {
      const inside = (each: BodyStatement): boolean =>
        each.span.start <= span.start && span.end <= each.span.end;
      const loop = body.line.findLast((each) => each.turn.length > 0 && inside(each));
      const at = loop ?? body.line.findLast((each) => !each.compound && inside(each));
      if (at === undefined) continue;
      // What a loop shows is handed out behind it: a name that each of its turns binds.
      const values = body.values(loop === undefined ? at.span.start : at.span.end);
      const held = heldNumber(text);
      const variable = shown ?? (held !== null && values.isBound(held) ? held : null);
      if (loop !== undefined && variable === null) continue;
      const isNumber = numeric || values.isBound(variable ?? text) || /^[\w.()\s]+\/[\w.()\s]+$/.test(text);
      const objective =
        variable !== null &&
        statement.calls.some(({ method, root }) => method === 'backward' && root === variable);
      const byName =
        objective ||
        isScoreName(variable ?? '') ||
        (isScoreName(label) && !/^len\(|\.(shape|size)\b/.test(text));
      const measured =
        (loop === undefined ? values.measure(span) : null) ??
        (evaluates && isNumber && byName
          ? {
              facts: null,
              function: null,
              wanted:
                objective && variable !== null
                  ? objectiveName(variable)
                  : variable !== null && isScoreName(variable)
                    ? variable
                    : scoreNameOf(label),
            }
          : null);
      if (measured === null || (variable !== null && !values.isBound(variable))) continue;
      const key = variable ?? text;
      if (!found.has(key)) found.set(key, { name: variable, span, statement: at, measured });
    }
    return [...found.values()];
  }

  /** It predicts or trains: what it names like a score is one. */
  private evaluates(id: number): boolean {
    const roles = this.functions.summary(id)?.roles ?? new Set<string>();
    return ['predict', 'no_grad', 'score', 'backward', 'train'].some((role) => roles.has(role));
  }

  /** What a call in the body of a function scores, those of other functions of the notebook included. */
  scorings(statement: Statement): Scoring[] {
    return statement.calls.flatMap(({ qualified, method, span, arguments: given, local }) => {
      const facts = metricFacts(qualified);
      if (facts !== undefined) return [{ span, facts: { ...facts, function: qualified } }];
      if (method === 'score' && given.length >= 2 && SCORE['regressor'] !== undefined)
        return [{ span, facts: { ...SCORE['regressor'], function: 'score' } }];
      const callee = local === true ? undefined : this.functions.named(qualified);
      const [only, more] =
        callee?.kind !== 'function' || callee === statement ? [] : this.returned(callee.id);
      if (!only?.facts || more !== undefined) return [];
      return [{ span, facts: { ...only.facts, function: only.function ?? qualified } }];
    });
  }
}

/** The body of one function. */
class Body {
  readonly line: BodyStatement[];
  private readonly text: string;
  private readonly scorings: Scoring[];

  constructor(statement: Statement, scores: FunctionScores) {
    this.text = statement.text;
    this.line = straightLine(statement.text) ?? [];
    this.scorings = scores.scorings(statement);
  }

  /** The names that certainly hold something at an offset, with what they measure. */
  values(at: number): Values {
    const values = new Values(this.text, this.scorings);
    const bind = (statement: BodyStatement): void => {
      if (statement.span.end > at) return;
      values.bind(statement);
      statement.turn.forEach(bind);
    };
    this.line.forEach(bind);
    return values;
  }
}

class Values {
  private readonly text: string;
  private readonly scorings: readonly Scoring[];
  private readonly known = new Map<string, Measured | null>();

  constructor(text: string, scorings: readonly Scoring[]) {
    this.text = text;
    this.scorings = scorings;
  }

  bind({ binds, values, augmented }: BodyStatement): void {
    if (augmented) {
      const [name] = binds;
      const before = name === undefined ? null : this.known.get(name);
      if (name !== undefined)
        this.known.set(name, before ? { ...before, facts: null, function: null } : null);
      return;
    }
    const measured = binds.map((_, index) => {
      const span = values[index];
      return span === undefined || values.length < binds.length ? null : this.measure(span);
    });
    binds.forEach((name, index) => this.known.set(name, measured[index] ?? null));
  }

  isBound(name: string): boolean {
    return this.known.has(name);
  }

  /** By the scorers in the expression, or by the one name in it that holds a score. */
  measure(span: Span): Measured | null {
    const direct = measureExpression(this.text, span, this.scorings);
    if (direct !== null) return direct;
    const source = this.text.slice(span.start, span.end).trim();
    if (this.known.has(source)) return this.known.get(source) ?? null;
    if (!/^[\w\s.()*/+-]+$/.test(source)) return null;
    const names = (source.match(/[A-Za-z_]\w*/g) ?? []).filter((name) => this.known.get(name));
    const of = new Set(names).size === 1 ? this.known.get(names[0] ?? '') : undefined;
    if (!of) return null;
    const rooted =
      of.wanted === 'mean_squared_error' && /sqrt\s*\(|\*\*\s*\(?\s*(0?\.5|1\s*\/\s*2)/.test(source);
    const same = /^(round|float)\(\s*\w+\s*(,\s*\d+\s*)?\)$/.test(source);
    if (same) return of;
    return { facts: null, function: null, wanted: rooted ? 'root_mean_squared_error' : of.wanted };
  }
}
