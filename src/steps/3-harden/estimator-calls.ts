import type { FileTree } from '../../lib/file-tree.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import type { Argument, Call } from '../../python/statement.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';
import type { EstimatorCall } from '../2-structure/plan.ts';
import { factsAt, type CodeContext } from './code-context.ts';

const METHODS = /^(fit|fit_transform|fit_predict|partial_fit|transform|predict|predict_proba)$/;
/** A statement that does each of its calls once. */
const STRAIGHT = /^(assignment|augmented|expression)$/;

/** The statement and call that were seen, and what is known of both. */
interface Seen {
  method: string;
  /** Import path of the class; null: anything may be behind the name. */
  type: string | null;
  /** Null where the run does not say what was given. */
  call: EstimatorCall | null;
}

/**
 * What the kept code asks of its estimators, with the shapes that the run showed; only classes and methods of which every call is
 * known, so that a test may count them.
 */
export function estimatorCalls(context: CodeContext): EstimatorCall[] {
  const { extraction } = context;
  const seen = placedStatements(context).flatMap((statement) =>
    statement.calls
      .filter(({ method, root, callee }) => METHODS.test(method) && (root !== null || callee.includes('.')))
      .flatMap((call) => seenAt(statement, call, context)),
  );
  const { target } = extraction;
  // A model that is only cross-validated is fitted by the package, not by the notebook.
  const added = target?.onlyValidated === true ? target.type : null;
  return seen.flatMap(({ call }) => {
    if (call === null || (call.type === added && call.method.startsWith('fit'))) return [];
    const unknown = seen.some(
      (other) =>
        other.method === call.method &&
        other.call === null &&
        (other.type === null || other.type === call.type),
    );
    return unknown ? [] : [call];
  });
}

function seenAt(statement: AnalysedStatement, call: Call, context: CodeContext): Seen[] {
  const receiver = receiverType(statement, call, context);
  if (receiver === 'other') return [];
  const { method } = call;
  const given = receiver === null ? null : argumentAt(statement, call, context);
  if (receiver === null || given === null) return [{ method, type: receiver, call: null }];
  const { shape, name, digest } = given;
  const labels = call.arguments.filter(({ keyword }) => keyword === null)[1];
  const second = factsAt(context, labels?.name ?? '', statement.id - 1);
  return [
    {
      method,
      type: receiver,
      call: {
        type: receiver,
        method,
        shape,
        input: { name, ...(digest === undefined ? {} : { digest }) },
        ...(labels === undefined
          ? {}
          : {
              labels: {
                name: labels.text,
                ...(second?.digest === undefined ? {} : { digest: second.digest }),
              },
            }),
      },
    },
  ];
}

/** Statements that have a place in the package. */
function placedStatements({ extraction, layout }: CodeContext): AnalysedStatement[] {
  const placed = new Set([
    ...layout.segments.flatMap(({ statements }) => statements),
    ...layout.callables.map(({ statement }) => statement),
  ]);
  return extraction.statements.filter(({ id }) => placed.has(id));
}

/**
 * Calls of methods that stand in the written modules as often as in the notebook's statements: a print whose text is dropped takes
 * its calls along. What serves the model is not run by training.
 */
export function callsIn(
  tree: FileTree,
  calls: readonly EstimatorCall[],
  context: CodeContext,
): EstimatorCall[] {
  const texts = Object.entries(tree).flatMap(([path, text]) => (path.endsWith('/serving.py') ? [] : [text]));
  const statements = placedStatements(context);
  return calls.filter(({ method }) => {
    const written = texts.join('\n').match(new RegExp(`\\.${method}\\(`, 'g'))?.length ?? 0;
    const expected = statements
      .flatMap((statement) => statement.calls)
      .filter((call) => call.method === method);
    return written === expected.length;
  });
}

/** Import path of an estimator's class, `other` for what is none, null where that is not known. */
function receiverType(statement: AnalysedStatement, call: Call, context: CodeContext): string | null {
  if (call.within !== null || call.local === true) return null;
  const inner = statement.calls.find(
    ({ parent, span }) =>
      parent?.start === call.span.start && parent.end === call.span.end && span.start === call.span.start,
  );
  if (inner !== undefined) return isClassPath(inner.qualified) ? inner.qualified : null;
  if (call.root === null || call.callee !== `${call.root}.${call.method}`) return null;
  const facts = statement.values[call.root] ?? factsAt(context, call.root, statement.id);
  if (facts === undefined) return null;
  if (facts.kind !== 'estimator') return 'other';
  return isClassPath(facts.type) ? facts.type : null;
}

/** `sklearn.svm.SVC`; not a class of the notebook. */
function isClassPath(path: string): boolean {
  return /^[a-z_]\w*(\.\w+)*\.[A-Z]\w*$/.test(path) && !/^(__main__|notebook)\./.test(path);
}

function argumentAt(
  statement: AnalysedStatement,
  call: Call,
  context: CodeContext,
): { shape: number[]; name: string; digest?: string } | null {
  const first: Argument | undefined = call.arguments[0];
  if (call.loop || !STRAIGHT.test(statement.kind) || first === undefined) return null;
  if (first.keyword !== null && first.keyword !== 'X') return null;
  const columns = columnsOf(first.text);
  const facts = factsAt(context, first.name ?? columns?.table ?? '', statement.id - 1);
  const shape = shapeOf(facts);
  if (facts === undefined || shape === null) return null;
  if (columns !== null)
    return facts.kind === 'dataframe' && shape[0] !== undefined
      ? { shape: [shape[0], ...columns.width], name: first.text }
      : null;
  return { shape, name: first.text, ...(facts.digest === undefined ? {} : { digest: facts.digest }) };
}

const TEXT = String.raw`'[^'\\]*'|"[^"\\]*"`;
const ONE_COLUMN = new RegExp(String.raw`^(\w+)\[(?:${TEXT})\](\.values)?$`);
const COLUMNS = new RegExp(String.raw`^(\w+)\[\[((?:${TEXT})(?:,(?:${TEXT}))*),?\]\](\.values)?$`);

/** Columns of a table by their names, `df[['a', 'b']]`: all its rows, and as many columns. */
function columnsOf(text: string): { table: string; width: number[] } | null {
  const plain = text.replace(/\s+(?=(?:[^'"]|'[^']*'|"[^"]*")*$)/g, '');
  const one = ONE_COLUMN.exec(plain)?.[1];
  if (one !== undefined) return { table: one, width: [] };
  const [, table, names = ''] = COLUMNS.exec(plain) ?? [];
  const count = names.match(new RegExp(TEXT, 'g'))?.length ?? 0;
  return table === undefined ? null : { table, width: [count] };
}

function shapeOf(facts: ValueFacts | undefined): number[] | null {
  if (facts?.kind === 'list' && facts.length !== undefined) return [facts.length];
  return facts !== undefined && /^(dataframe|series|ndarray|sparse)$/.test(facts.kind)
    ? (facts.shape ?? null)
    : null;
}
