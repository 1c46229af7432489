/** Where the lines of cells stand in the text of a notebook's file. */

type Frame = { kind: 'object'; key: string; expectsKey: boolean } | { kind: 'array'; index: number };

/** The file's line of each line of a cell, as far as it was read. */
interface CellText {
  lines: number[];
  /** The last string did not end its line. */
  open: boolean;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/gs;

/**
 * Reads the text once; gives a function from cell (document order, from 0) and line of the cell (from 1) to the line of the
 * file (from 1). The last known line of the cell stands for a line that it does not have; undefined: no such cell.
 */
export function cellLines(text: string): (cell: number, line: number) => number | undefined {
  const lines = new Map<string, CellText>();
  const order: string[] = [];
  const stack: Frame[] = [];
  let at = 0;
  let number = 1;
  for (const match of text.matchAll(TOKEN)) {
    for (let next = text.indexOf('\n', at); next >= 0 && next < match.index; next = text.indexOf('\n', at)) {
      number += 1;
      at = next + 1;
    }
    const token = match[0];
    const top = stack.at(-1);
    if (token === '{' || token === '[') {
      const cell = token === '{' ? cellAt(stack) : undefined;
      if (cell !== undefined) {
        lines.set(cell, { lines: [], open: false });
        order.push(cell);
      }
      stack.push(token === '{' ? { kind: 'object', key: '', expectsKey: true } : { kind: 'array', index: 0 });
    } else if (token === '}' || token === ']') stack.pop();
    else if (token === ',') {
      if (top?.kind === 'array') top.index += 1;
      else if (top !== undefined) top.expectsKey = true;
    } else if (token.startsWith('"')) {
      if (top?.kind === 'object' && top.expectsKey) {
        top.key = decoded(token);
        top.expectsKey = false;
      } else addSource(lines, stack, decoded(token), number);
    }
  }
  return (cell, line) => {
    const known = lines.get(order[cell] ?? '')?.lines;
    return known?.[line - 1] ?? known?.at(-1);
  };
}

/** The path of a cell that starts here: `cells` of nbformat 4, `worksheets[].cells` of nbformat 3. */
function cellAt(stack: readonly Frame[]): string | undefined {
  const list = stack.at(-1);
  const owner = stack.at(-2);
  if (list?.kind !== 'array' || owner?.kind !== 'object' || owner.key !== 'cells') return undefined;
  if (stack.length === 2) return pathOf(stack);
  const root = stack[0];
  return stack.length === 4 && root?.kind === 'object' && root.key === 'worksheets'
    ? pathOf(stack)
    : undefined;
}

/** Text of a cell: one string, or a list of strings that are laid end to end. */
function addSource(
  cells: Map<string, CellText>,
  stack: readonly Frame[],
  text: string,
  number: number,
): void {
  const depth = stack.at(-1)?.kind === 'array' ? stack.length - 2 : stack.length - 1;
  const cell = stack[depth];
  if (cell?.kind !== 'object' || (cell.key !== 'source' && cell.key !== 'input')) return;
  const known = cells.get(pathOf(stack.slice(0, depth)));
  if (known === undefined) return;
  const starts = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  // A string that goes on where the one before it did not end its line starts no line.
  for (let line = known.open ? 1 : 0; line < starts; line += 1) known.lines.push(number);
  known.open = !text.endsWith('\n');
}

function pathOf(stack: readonly Frame[]): string {
  return stack.map((frame) => (frame.kind === 'array' ? frame.index : frame.key)).join('\n');
}

function decoded(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return '';
  }
}
