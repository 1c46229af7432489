import type { CanonicalStatement } from '../python/canonical.ts';
import { type Named, readNamed } from '../python/named.ts';
import type { Problem } from './judgement.ts';
import type { OwnCode } from './own-code.ts';

/** Methods that answer a question and change nothing, whatever they are called on. */
const QUESTIONS = new Set(
  [
    'all any isna isnull notna notnull isin between duplicated nunique unique min max sum mean median std var count',
    'abs tolist item equals startswith endswith strip lower upper split join isdigit isnumeric keys values items get',
    'exists is_file is_dir issubset issuperset isdisjoint difference intersection union size dim numel head',
    'format debug info warning error exception critical',
  ].flatMap((line) => line.split(' ')),
);
const QUESTIONING =
  /^(math\.\w+|numpy\.(is\w+|any|all|unique|shape|ndim|size|sum|min|max|mean|abs|asarray|array|nan|inf|number|integer|floating|ndarray)|pandas\.(is\w+|not\w+|unique|DataFrame|Series|Index|api\.types\.\w+)|torch\.(is\w+|Tensor|allclose|equal)|re\.(match|fullmatch|search))$/;
const CHANGING_BUILTINS = new Set(['next', 'iter']);

/**
 * Looks at checks and log lines that were added to functions of the compiler. They stand between statements whose values the proof saw:
 * so they may ask, and change nothing, also on data that the proof has not seen.
 *
 * @param compiled - What the package defined before.
 */
export function looksOnlyProblems(
  text: string,
  added: readonly CanonicalStatement[],
  compiled: OwnCode,
): Problem[] {
  const spans = added.filter(({ kind }) => kind === 'guard' || kind === 'log').map(({ span }) => span);
  if (spans.length === 0) return [];
  const known = new Set([...compiled.modules.values()].flatMap((names) => [...names]));
  return readNamed(text)
    .filter(({ span }) => spans.some(({ start, end }) => start <= span.start && span.end <= end))
    .filter((named) => !asks(named, known))
    .map(({ line, name }) => ({
      line,
      message: `a check or log line only looks, and \`${name}\` may do more`,
    }));
}

function asks({ kind, name, call }: Named, known: ReadonlySet<string>): boolean {
  switch (kind) {
    case 'member':
      return call === undefined || QUESTIONS.has(name);
    case 'path':
      return isOwnClass(name.split('.').slice(-1)[0] ?? '', known) || QUESTIONING.test(name);
    case 'top':
      return name === 'logger' || isOwnClass(name, known);
    case 'builtin':
      return !CHANGING_BUILTINS.has(name);
    default:
      return false;
  }
}

/** An error to raise, or a constant: what the compiler's classes do is known. */
function isOwnClass(name: string, known: ReadonlySet<string>): boolean {
  return /^[A-Z]/.test(name) && known.has(name);
}
