/** Ruff's workspaces, one for each set of options, and what to do when its memory is lost. */
import type { Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { forgetRuff, ruff } from './load-parser.ts';
import { MAX_DEPTH, parseSyntax } from './syntax.ts';
import type { SyntaxTree } from './syntax.ts';

/** Code that would overflow ruff's stack. */
export class TooDeepError extends Error {
  override readonly name = 'TooDeepError';

  constructor() {
    super('the code is nested too deeply');
  }
}

/** CPython allows 200. */
const MAX_BRACKETS = 400;

const workspaces = new Map<string, Workspace>();

/**
 * Runs something with the workspace for these options (keys as in `pyproject.toml`).
 * Very deep nesting overflows ruff's stack and leaves its memory unusable. It is refused beforehand where the tree shows
 * it; where the tree does not (broken code), ruff is loaded anew for the next one.
 */
export function withRuff<T>(
  options: object,
  code: string | SyntaxTree,
  work: (workspace: Workspace) => T,
): T {
  const tree = typeof code === 'string' ? parseSyntax(code) : code;
  if (tree.depth > MAX_DEPTH || (tree.broken && looksDeep(tree.text))) throw new TooDeepError();
  try {
    return work(workspaceFor(options));
  } catch (error) {
    if (!(error instanceof RangeError || isTrap(error))) throw error;
    workspaces.clear();
    forgetRuff();
    throw new TooDeepError();
  }
}

/** Brackets that Python itself would refuse, or endless prefixes: a broken tree is flat and does not show them. */
function looksDeep(text: string): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[()[\]{}]/g)) {
    open = '([{'.includes(bracket) ? open + 1 : Math.max(0, open - 1);
    if (open > MAX_BRACKETS) return true;
  }
  return /(?:[-+~]\s*){300}|(?:\b(?:not|await|lambda)\b[\s:]*){300}/.test(text);
}

/** Checked by name: in a test the error may come from another realm. */
function isTrap(error: unknown): boolean {
  return error instanceof Error && (error.name === 'RuntimeError' || error.name === 'RangeError');
}

function workspaceFor(options: object): Workspace {
  const key = JSON.stringify(options);
  const known = workspaces.get(key);
  if (known) return known;
  const { Workspace: Ruff, PositionEncoding } = ruff();
  const made = new Ruff(options, PositionEncoding.Utf16);
  workspaces.set(key, made);
  return made;
}
