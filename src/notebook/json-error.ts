/** Where a text stops being JSON: V8 tells it in some messages only. */

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** Line and column, from 1, of the first character that cannot be JSON; the end of the text if only something is missing. */
export function jsonErrorPlace(text: string): { line: number; column: number } {
  const stack: string[] = [];
  let expected = 'value';
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const next = match && step(expected, match, stack);
    if (!match || next === null) break;
    at = TOKEN.lastIndex;
    expected = next;
    if (expected === 'end') break;
  }
  const gap = /[ \t\r\n]*/y;
  gap.lastIndex = at;
  gap.exec(text);
  const before = text.slice(0, gap.lastIndex);
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

/** The next state of the grammar, or null if the token may not stand here. */
function step(expected: string, [, mark, string, scalar]: RegExpExecArray, stack: string[]): string | null {
  const after = (): string => (stack.length === 0 ? 'end' : 'comma');
  if (mark === '}' || mark === ']') {
    const empty = mark === '}' ? 'key or }' : 'value or ]';
    if (expected !== 'comma' && expected !== empty) return null;
    if (stack.pop() !== (mark === '}' ? '{' : '[')) return null;
    return after();
  }
  if (mark === ',') return expected === 'comma' ? (stack.at(-1) === '{' ? 'key' : 'value') : null;
  if (mark === ':') return expected === 'colon' ? 'value' : null;
  if (string !== undefined && expected.startsWith('key')) return 'colon';
  if (!expected.startsWith('value')) return null;
  if (mark === '{' || mark === '[') {
    stack.push(mark);
    return mark === '{' ? 'key or }' : 'value or ]';
  }
  return string !== undefined || scalar !== undefined ? after() : null;
}
