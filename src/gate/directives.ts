/** Comments that tools obey: what they silence, a reviewer no longer hears of. */
const DIRECTIVE =
  /#\s*(noqa|ruff|flake8|isort|fmt|yapf|black|type:\s*ignore|pyright|basedpyright|mypy|pylint|pragma|nosec|nosemgrep)\b[^#]*/gi;
/** In the first two lines, it decides how the file is read. */
const ENCODING = /coding[:=]\s*[-\w.]+/;

/**
 * What comments of a file newly tell tools.
 *
 * @param compiled - Those of the compiler's file; they may stay, or go.
 */
export function newDirectives(compiled: readonly string[], made: readonly string[]): string[] {
  const left = compiled.flatMap(directivesOf);
  return made.flatMap(directivesOf).filter((directive) => {
    const at = left.indexOf(directive);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function directivesOf(comment: string): string[] {
  const found = [...comment.matchAll(DIRECTIVE)].map(
    ([directive]) =>
      // Without the reason that may follow.
      directive
        .replace(/^#\s*/, '')
        .split(/\s+-\s/)[0]
        ?.replace(/\s+/g, ' ')
        .trim() ?? '',
  );
  return ENCODING.test(comment) ? [...found, 'an encoding'] : found;
}
