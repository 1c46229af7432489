/**
 * The numbers that a cell shows. Saved outputs are hostile text: nothing of them is kept but numbers and the letters of the
 * words in front of them.
 */
import { isRecord, own } from './json-value.ts';
import type { JsonRecord } from './json-value.ts';

/** One number, as it is printed, with what stands before it on its line. */
export interface ShownNumber {
  /** At most 30 letters, digits and spaces. */
  label: string;
  text: string;
}

const MOST_NUMBERS = 200;
/** Characters of a cell's output that are looked at. */
export const MOST_OUTPUT = 20_000;
const NUMBER = /(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]*\w)/g;
/** Progress bars and what else is another thing at each run. */
const PASSING =
  /it\/s|s\/it|%\|| ETA|\b(time|elapsed|took|duration|seconds?|memory|date)\b|0x[0-9a-f]{6}|\d+:\d\d/i;
const COLOUR = /\u001B\[[\d;]*[A-Za-z]/g;

/** The numbers in a text that a cell printed. */
export function numbersIn(text: string): ShownNumber[] {
  const found: ShownNumber[] = [];
  for (const whole of text.slice(0, MOST_OUTPUT).replace(COLOUR, '').split('\n')) {
    const line = whole.slice(whole.lastIndexOf('\r') + 1);
    if (PASSING.test(line)) continue;
    let end = 0;
    for (const match of line.matchAll(NUMBER)) {
      const [number] = match;
      if (!/^ ?(s|ms|min|µs|[kMG]i?B)\b/.test(line.slice(match.index + number.length)))
        found.push({ label: labelOf(line.slice(end, match.index)), text: number });
      end = match.index + number.length;
    }
  }
  return found.slice(0, MOST_NUMBERS);
}

function labelOf(text: string): string {
  const words = text.replace(/[^A-Za-z0-9]+/g, ' ').trim();
  return words.slice(-30).trim();
}

/** The numbers of a cell's saved text outputs: what it printed, then what it displayed. */
export function savedNumbers(cell: JsonRecord): ShownNumber[] {
  const outputs = own(cell, 'outputs');
  if (!Array.isArray(outputs)) return [];
  const texts = outputs.slice(0, 100).map((output) => (isRecord(output) ? savedText(output) : ''));
  return numbersIn(texts.join('\n'));
}

function savedText(output: JsonRecord): string {
  const kind = own(output, 'output_type');
  if (kind === 'stream') return own(output, 'name') === 'stderr' ? '' : joined(own(output, 'text'));
  if (kind !== 'execute_result') return '';
  const data = own(output, 'data');
  return isRecord(data) ? joined(own(data, 'text/plain')) : '';
}

function joined(value: unknown): string {
  const text = Array.isArray(value) ? value.filter((one) => typeof one === 'string').join('') : value;
  return typeof text === 'string' ? text.slice(0, MOST_OUTPUT) : '';
}
