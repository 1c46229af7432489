import { findSecrets } from './secrets.ts';

const HIDDEN = '[hidden]';

/** A text without the values that the rules about secrets find in it. Where there is too much that looks like one, the rest goes too. */
export function hideSecrets(text: string): string {
  const { spans, searched } = findSecrets(text);
  let clean = '';
  let at = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= at) continue;
    if (start < at) {
      // Two rules found one secret, one of them more of it.
      at = end;
      continue;
    }
    clean += text.slice(at, start) + HIDDEN;
    at = end;
  }
  return searched < text.length
    ? `${clean}${text.slice(at, Math.max(at, searched))}${HIDDEN}`
    : clean + text.slice(at);
}
