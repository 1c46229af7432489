const LONGEST = 320;
/** A printed array says nothing beyond its first items, and hides what stands behind it. */
const ARRAY = /\[[^[\]]{80,}\]/g;

/**
 * The line of an error's message that tells what happened, without colour codes; what is too long is cut in the middle. Behind a
 * traceback the last line tells, else the first: a headline that ends with a colon is followed by what it announces.
 */
export function tellingMessage(message: string): string {
  const lines = message
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(ARRAY, (items) => `${items.slice(0, 24).split('\n')[0]?.trimEnd() ?? '['} …]`)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /[\p{L}\p{N}]/u.test(line));
  const [first = '', second] = lines;
  const last = lines.at(-1) ?? '';
  if (lines.some((line) => line.startsWith('Traceback (most recent call last)')))
    return shortened(first === last || first.startsWith('Traceback') ? last : `${first} ${last}`);
  return shortened(first.endsWith(':') && second !== undefined ? `${first} ${second}` : first);
}

/** Keeps the beginning, which names the thing, and the end, which names the value. */
function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const half = Math.floor((LONGEST - 3) / 2);
  return `${text.slice(0, half).trimEnd()} … ${text.slice(-half).trimStart()}`;
}
