import { formatPython, fixPython, lintPython, PACKAGE_LINT } from '../../python/format.ts';

/** Fixes that never change what code does. */
const SAFE_FIXES = ['I001', 'F401', 'W291', 'W292', 'W293', 'UP006', 'UP007', 'UP035', 'UP045', 'PIE790'];

const MOST_ROUNDS = 3;

/** What a type checker says of one line. */
export interface TypeProblem {
  file: string;
  /** From 1. */
  line: number;
  rule: string;
}

/** What is no Python is no matter of style: `harden` refuses it. */
export const INVALID_SYNTAX = 'invalid-syntax';

/**
 * Formats a generated file, applies safe fixes, and marks what is left: the notebook's own names and calls may
 * break rules that we must not mend, because mending them would change what is computed.
 *
 * @param text - Python code.
 * @param path - Its path in the package.
 * @returns Formatted code without findings.
 */
export function polish(text: string, path: string): string {
  const fixed = formatPython(fixPython(formatPython(text), SAFE_FIXES));
  let marked = fixed;
  // A mark may move when the layout changes around it; what is then left gets one of its own.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const problems = lintPython(marked, path)
      .filter(({ code }) => code !== INVALID_SYNTAX)
      .map(({ code, line }) => ({ code, line }));
    if (problems.length === 0) break;
    marked = formatPython(annotate(marked, problems, (codes) => `noqa: ${codes.join(', ')}`));
  }
  return withoutStaleMarks(marked, path);
}

const NOQA = / {2}# noqa: [A-Z0-9, ]+$/;

/** A mark made the formatter break its line, and stayed with a part that breaks no rule. */
function withoutStaleMarks(text: string, path: string): string {
  const select = [...PACKAGE_LINT.select, 'RUF100'];
  const stale = new Set(
    lintPython(text, { path, select }).flatMap(({ code, line }) => (code === 'RUF100' ? [line] : [])),
  );
  if (stale.size === 0) return text;
  const lines = text.split('\n').map((line, at) => (stale.has(at + 1) ? line.replace(NOQA, '') : line));
  const bare = lines.join('\n');
  return formatPython(bare) === bare ? bare : text;
}

/**
 * Marks lines of which a type checker cannot know better, or breaks the line on which the mark has no room; then the
 * text is to be checked and silenced once more.
 *
 * @param text - Python code.
 * @param problems - Its findings in this file.
 */
export function silenceTypes(text: string, problems: readonly TypeProblem[]): string {
  const codes = problems.map(({ rule, line }) => ({ code: rule, line }));
  const marked = annotate(text, codes, (rules) => `pyright: ignore[${rules.join(', ')}]`);
  const formatted = formatPython(marked);
  if (formatted === marked) return marked;
  // A comment made the formatter break a line: where it belongs now, the next look of the type checker says.
  const broken = formatPython(formatted.replaceAll(/ {2}# pyright: ignore\[[^\]]*\]$/gm, ''));
  return broken === text ? spreadMarks(marked, formatted) : broken;
}

const MARK = / {2}# pyright: ignore\[[^\]]*\]$/;

/** Where the layout breaks a marked line whatever is done, every part of it gets the mark. */
function spreadMarks(marked: string, formatted: string): string {
  const lines = formatted.split('\n');
  const bare = (line: string): string => line.replace(MARK, '').replace(/\s+/g, '');
  for (const line of marked.split('\n')) {
    const mark = MARK.exec(line)?.[0];
    if (mark === undefined || lines.includes(line)) continue;
    for (let first = 0; first < lines.length; first += 1) {
      let text = '';
      let last = first;
      while (last < lines.length && bare(line).startsWith(text) && text.length < bare(line).length) {
        text += bare(lines[last] ?? '');
        last += 1;
      }
      if (text !== bare(line) || last === first) continue;
      for (let at = first; at < last; at += 1) lines[at] = `${(lines[at] ?? '').replace(MARK, '')}${mark}`;
      break;
    }
  }
  return lines.join('\n');
}

function annotate(
  text: string,
  problems: { code: string; line: number }[],
  comment: (codes: string[]) => string,
): string {
  const lines = text.split('\n');
  const ends = stringEnds(text);
  const byLine = new Map<number, Set<string>>();
  for (const { code, line } of problems) {
    const index = ends.get(line - 1) ?? line - 1;
    byLine.set(index, (byLine.get(index) ?? new Set()).add(code));
  }
  for (const [index, codes] of byLine) {
    lines[index] = `${lines[index] ?? ''}  # ${comment([...codes].sort())}`;
  }
  return lines.join('\n');
}

/** For every line that a multi-line string runs through: the line on which the string ends. */
function stringEnds(text: string): Map<number, number> {
  const ends = new Map<number, number>();
  const pattern = /("""|''')[\s\S]*?(?<!\\)\1|#[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
  for (const match of text.matchAll(pattern)) {
    if (!match[0].includes('\n')) continue;
    const first = text.slice(0, match.index).split('\n').length - 1;
    const last = first + match[0].split('\n').length - 1;
    for (let line = first; line <= last; line += 1) ends.set(line, last);
  }
  return ends;
}
