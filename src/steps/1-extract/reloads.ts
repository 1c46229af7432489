/**
 * What the notebook saves and reads back is what it saved: `loaded = joblib.load('model.joblib')` behind
 * `joblib.dump(model, 'model.joblib')` becomes `loaded = model`, so that its scores are those of the model, and no function of the
 * package waits for a file that the same run writes. Only where neither is changed afterwards: two objects would part, one would not.
 */

import { callFacts } from '../../knowledge/lookup.ts';
import type { Argument, Call, Statement } from '../../python/statement.ts';
import type { Rewrites } from './read-code.ts';

/** Methods that leave a fitted object or a mapping as it is. */
const READS =
  /^(predict|predict_proba|predict_log_proba|decision_function|score|score_samples|transform|inverse_transform|get_params|kneighbors|apply|get_feature_names_out|summary|keys|values|items|get)$/;

interface Saved {
  id: number;
  name: string;
  path: string;
}

/** Finds the statements that read back what was saved before. */
export function nameReloads(statements: readonly Statement[]): Rewrites {
  const rewrites: Rewrites = new Map();
  const saved: Saved[] = [];
  for (const statement of statements) {
    const loaded = loadedBy(statement);
    const source = loaded && saved.findLast(({ path }) => path === loaded.path);
    if (loaded !== undefined && source !== undefined && isSame(source, statement, loaded.name, statements))
      rewrites.set(statement.id, loaded.name === source.name ? 'pass' : `${loaded.name} = ${source.name}`);
    saved.push(...savedBy(statement));
  }
  return rewrites;
}

function savedBy(statement: Statement): Saved[] {
  return statement.calls.flatMap((call) => {
    const facts = callFacts(call.qualified);
    if (facts?.role !== 'save' || facts.object === undefined || call.within !== null) return [];
    const name = call.arguments[facts.object]?.name;
    const path = pathOf(call, statement);
    return name === undefined || path === undefined ? [] : [{ id: statement.id, name, path }];
  });
}

/** `m = load(…)`, alone or as all that stands below `with open(…) as f:`. */
function loadedBy(statement: Statement): { name: string; path: string } | undefined {
  const { kind, value, calls, text } = statement;
  const call = calls.find(({ qualified }) => callFacts(qualified)?.role === 'load');
  if (call === undefined) return undefined;
  const path = pathOf(call, statement);
  if (path === undefined) return undefined;
  if (kind === 'assignment') {
    const isWhole = call.span.start === value?.span.start && call.span.end === value.span.end;
    const [name] = statement.defines;
    return isWhole && name !== undefined && statement.defines.length === 1 ? { name, path } : undefined;
  }
  const body = /^with [^\n]*:\n\s+(\w+)\s*=\s*[\w.]+\([^\n]*\)\s*$/.exec(text);
  return kind === 'with' && body?.[1] !== undefined && calls.length === 2
    ? { name: body[1], path }
    : undefined;
}

/** The path of a call, as a value or as the name that holds it; of what is given an open file, that of the file. */
function pathOf(call: Call, { calls }: Statement): string | undefined {
  const place = callFacts(call.qualified)?.path;
  if (place === undefined) return undefined;
  const given = argumentAt(call, place.index, place.keyword);
  const open = calls.find(({ qualified }) => /^((gzip|bz2|io)\.)?open$/.test(qualified));
  const file = open === undefined ? given : argumentAt(open, 0, 'file');
  if (file?.literal?.kind === 'string') return file.literal.value;
  return file?.name === undefined ? undefined : `{${file.name}}`;
}

function argumentAt(call: Call, index: number, keyword: string): Argument | undefined {
  const named = call.arguments.find((argument) => argument.keyword === keyword);
  const positional = call.arguments[index];
  return named ?? (positional?.keyword === null ? positional : undefined);
}

/** Between the two the saved name and that of the path are not bound anew, and nothing afterwards changes either object. */
function isSame(source: Saved, { id }: Statement, loaded: string, statements: readonly Statement[]): boolean {
  const names = [source.name, loaded];
  const path = /^\{(\w+)\}$/.exec(source.path)?.[1];
  const between = statements.slice(source.id + 1, id);
  if (between.some(({ defines }) => defines.includes(source.name) || defines.includes(path ?? '')))
    return false;
  const later = statements.slice(source.id + 1);
  return later.every(
    ({ stores, calls, kind }) =>
      (kind === 'function' || kind === 'class' || stores.every(({ root }) => !names.includes(root))) &&
      calls.every(
        (call) =>
          call.local === true ||
          (!trainsOne(call, names) &&
            (!names.includes(call.root ?? '') ||
              READS.test(call.method ?? '') ||
              (isForward(call) && !keepsStatistics(statements)))),
      ),
  );
}

/** An optimizer gets what it steps afterwards. */
function trainsOne({ qualified, arguments: given }: Call, names: readonly string[]): boolean {
  return (
    /^torch\.optim\./.test(qualified) && given.some((each) => each.names.some((name) => names.includes(name)))
  );
}

/** `net(X)`, `net.eval()`: the weights stay as they are. */
function isForward({ root, method, callee }: Call): boolean {
  return callee === root || /^(forward|eval|parameters|named_parameters|state_dict)$/.test(method);
}

/** A layer of the notebook counts on where the network predicts and is not told to evaluate only. */
function keepsStatistics(statements: readonly Statement[]): boolean {
  return statements.some(({ calls }) =>
    calls.some(({ qualified }) => /^torch\.nn\.\w*(BatchNorm|InstanceNorm)\w*$/.test(qualified)),
  );
}
