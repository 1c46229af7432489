import { readStatements } from './read-statements.ts';

/**
 * The comments above a statement as they go into a package, with `# `. Code that somebody switched off says nothing about the code that
 * stayed and is left out; the notebook still has it (as ruff's ERA001).
 */
export function commentsWithoutCode(comments: readonly string[]): string[] {
  return comments
    .filter((line) => line.trim() !== '' && !isCode(line.trim()))
    .map((line) => `# ${line.trim()}`);
}

/** It parses, and does more than name a thing: `scaler` and `iris data` are words, `df.head()` and `x = 3` are code. */
function isCode(text: string): boolean {
  const { statements, problems } = readStatements([{ index: 0, code: text.replace(/^#+\s*/, '') }]);
  return (
    problems.length === 0 &&
    statements.some(({ kind, calls, uses, text: code }) => {
      if (kind === 'expression') return calls.length > 0;
      // `Note: rows` would be an annotation.
      return kind === 'assignment' ? code.includes('=') : kind !== 'other' || uses.length > 0;
    })
  );
}
