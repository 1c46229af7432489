import type { Problem } from './judgement.ts';

/** What a viewer of Markdown would make of added words more than text: markup, links, mentions, references. */
const ACTIVE: [RegExp, string][] = [
  [/<[a-z!/?]/i, 'HTML'],
  [/\]\s*[([:]|!\[/, 'a link or an image'],
  [/\bhttps?:|\bwww\.|\bmailto:|\/\//i, 'an address'],
  [/(^|[^\w`])@\w/, 'a mention'],
  [/(^|[^\w`])#\d|\b\w+\/\w+#\d/, 'a reference'],
];

/**
 * Compares a text for people with the compiler's: what stood there stays, and what is added is text alone.
 *
 * @param compiled - Null: a new file.
 */
export function markdownProblems(compiled: string | null, made: string): Problem[] {
  const lines = made.split('\n');
  const wanted = compiled === null ? [] : compiled.split('\n');
  let next = 0;
  const problems: Problem[] = [];
  lines.forEach((line, index) => {
    if (next < wanted.length && line === wanted[next]) {
      next += 1;
      return;
    }
    const active = ACTIVE.find(([pattern]) => pattern.test(line));
    if (active !== undefined) problems.push({ line: index + 1, message: `it adds ${active[1]}` });
  });
  while (next < wanted.length && wanted[next]?.trim() === '') next += 1;
  if (next < wanted.length)
    problems.push({
      line: null,
      message: `line ${String(next + 1)} of the compiler's text is gone or changed`,
    });
  return problems;
}
