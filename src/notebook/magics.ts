/** Takes IPython's additions out of a code cell, line for line, so that what is left is Python with the same line numbers. */
import { LineScanner } from './line-scanner.ts';
import type { Magic } from './notebook.ts';

/** Cell magics whose body is Python of the notebook itself. */
const KEEPS_BODY = new Set(
  'time timeit capture prun memit mprun lprun black heat snakeviz scalene notify wandb pyinstrument memray_flamegraph'.split(
    ' ',
  ),
);
/** True for a cell magic (`time` of `%%time`) whose cell is still code of the notebook. */
export function keepsBody(name: string): boolean {
  return KEEPS_BODY.has(name);
}

/** Line magics whose argument is code that they run. */
const RUNS_CODE = new Set(['time', 'timeit', 'prun', 'memit', 'lprun', 'mprun', 'snakeviz', 'pyinstrument']);
/** Commands that work without `%` when nothing of that name is defined. */
const AUTOMAGIC =
  /^(pip|conda|mamba)\s+(install|uninstall|list|freeze|show)\b|^matplotlib\s+(inline|notebook|widget)\s*$/;

/** A cell without IPython in it. `foreign`: the whole cell is in another language and left out. */
export interface PlainCell {
  code: string;
  magics: Magic[];
  foreign: boolean;
}

/** Blanks magics, shell lines and help; keeps the code in `%time f(x)`, `%%time` and the like. */
export function removeMagics(source: string): PlainCell {
  const lines = dedented(withoutPrompts(source.split('\n')));
  const magics: Magic[] = [];
  if (!enterCell(lines, magics)) return { code: '', magics, foreign: true };
  const blanked = new Map<number, string>();
  const scanner = new LineScanner();
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    if (scanner.free) {
      const found = findMagic(lines, i, scanner);
      if (found) {
        magics.push({ line: i + 1, ...found.magic });
        lines[i] = found.code;
        for (let j = i + 1; j <= found.last; j += 1) lines[j] = '';
        if (found.code === '') blanked.set(i, /^\s*/.exec(line)?.[0] ?? '');
        if (found.last > i) {
          i = found.last;
          continue;
        }
      }
    }
    scanner.read(lines[i] ?? line);
  }
  fillEmptyBlocks(lines, blanked);
  return { code: lines.join('\n'), magics, foreign: false };
}

/** Cell magics in the first lines; false if the body is not Python of the notebook. */
function enterCell(lines: string[], magics: Magic[]): boolean {
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    if (line.trim() === '') continue;
    const match = /^%%\s*([^\s!]+|!)(.*)$/.exec(line);
    if (!match) return true;
    const name = match[1] ?? '';
    magics.push({ line: i + 1, kind: 'cell', name: name === '!' ? 'sx' : name, text: line.trimEnd() });
    if (!KEEPS_BODY.has(name)) return false;
    // `%%timeit x = 1` runs its argument before the body.
    lines[i] = name === 'timeit' ? withoutOptions(name, match[2] ?? '') : '';
  }
  return true;
}

interface Found {
  magic: Omit<Magic, 'line'>;
  code: string;
  last: number;
}

/** The magic that starts on a line which starts a statement. */
function findMagic(lines: string[], at: number, scanner: LineScanner): Found | null {
  const line = lines[at] ?? '';
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const body = line.slice(indent.length);
  const automagic = AUTOMAGIC.exec(body);
  if (automagic) return escape(lines, at, indent, `%${body}`);
  if (/^[%!]/.test(body)) return escape(lines, at, indent, body);
  const help = /^\?{1,2}\s*[\w.*[\]%]+\s*;?\s*$/.test(body) || scanner.endsWithQuestion(line);
  if (help)
    return { magic: { kind: 'help', name: helpName(body), text: body.trimEnd() }, code: '', last: at };
  const assignment = /^([\p{L}_*([][\p{L}\p{N}\p{M}_.,*()[\]'"\s]*?)(?<![=!<>])=\s*([%!])(?!=)(.*)$/u.exec(
    body,
  );
  if (!assignment || !isWhole(assignment[1] ?? '')) return null;
  const { text, last } = continued(lines, at, `${assignment[2]}${assignment[3]}`);
  const name = magicName(text);
  const magic = { kind: 'assignment' as const, name, text: `${(assignment[1] ?? '').trim()} = ${text}` };
  const target = indent + (assignment[1] ?? '').trimEnd();
  if (name === 'time' && text.startsWith('%')) return { magic, code: `${target} = ${codeOf(text)}`, last };
  // Several targets want several values: nothing that we could give.
  return { magic, code: `${target} = None  # ${text.replaceAll('\n', ' ')}`, last };
}

/** IPython takes the `=` outside of all brackets: `print("loss = %d" % loss)` is plain Python. */
function isWhole(target: string): boolean {
  const scanner = new LineScanner();
  scanner.read(target);
  return scanner.free;
}

function escape(lines: string[], at: number, indent: string, body: string): Found {
  const { text, last } = continued(lines, at, body);
  const shell = text.startsWith('!');
  const name = magicName(text);
  const magic: Found['magic'] = { kind: shell ? 'shell' : 'line', name, text };
  const keep = !shell && RUNS_CODE.has(name);
  const code = keep ? codeOf(text) : '';
  return { magic, code: code === '' ? '' : indent + code, last };
}

/** `\` at the end of a magic's line carries it on. */
function continued(lines: string[], at: number, first: string): { text: string; last: number } {
  let text = first;
  let last = at;
  while (/\\\s*$/.test(text) && last + 1 < lines.length) {
    last += 1;
    text = `${text.replace(/\s*\\\s*$/, '')} ${(lines[last] ?? '').trim()}`;
  }
  return { text: text.trimEnd(), last };
}

function magicName(text: string): string {
  return /^[%!]+\s*([^\s;|&]+)/.exec(text)?.[1] ?? '';
}

function codeOf(text: string): string {
  const match = /^%+\s*(\S+)(.*)$/.exec(text);
  return withoutOptions(match?.[1] ?? '', match?.[2] ?? '');
}

/** Options that take a value. */
const VALUED: Readonly<Record<string, string>> = { timeit: 'nrv' };
const USUAL_VALUED = 'lsTDrfmtou';

/** Options stand before the code: `%timeit -n 10 -r3 f(x)`. `%time` has only long ones: `%time -x` negates. */
function withoutOptions(name: string, text: string): string {
  const valued = VALUED[name] ?? USUAL_VALUED;
  const short = name === 'time' ? '' : `|-[${valued}]\\s*[\\w.]+|-[a-zA-Z]+`;
  const option = new RegExp(`^\\s*(?:--[\\w-]+(?:=\\S+)?${short})(?=\\s|$)`);
  let rest = text;
  for (let next = option.exec(rest); next; next = option.exec(rest)) rest = rest.slice(next[0].length);
  return rest.trim();
}

function helpName(body: string): string {
  return body.replace(/^\?+\s*|\s*;?\s*\?+\s*$|\s+$/g, '').replace(/^.*[\s=(]/, '');
}

/** Puts `pass` where a block had nothing but magics. `blanked`: their lines and indents. */
function fillEmptyBlocks(lines: string[], blanked: Map<number, string>): void {
  for (const [at, indent] of blanked) {
    if (indent === '') continue;
    const before = neighbour(lines, at, -1);
    const after = neighbour(lines, at, 1);
    const opened = before !== null && width(before) < width(indent);
    const filled = after !== null && width(after) >= width(indent);
    if (opened && !filled) lines[at] = `${indent}pass`;
  }
}

function neighbour(lines: string[], at: number, step: number): string | null {
  for (let i = at + step; i >= 0 && i < lines.length; i += step) {
    const line = lines[i] ?? '';
    if (!/^\s*(#|$)/.test(line)) return line;
  }
  return null;
}

function width(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].replaceAll('\t', '        ').length ?? 0;
}

/** `>>> ` and `In [1]: `, as pasted from a terminal. IPython strips them where a cell starts with one. */
function withoutPrompts(lines: string[]): string[] {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  for (const prompt of [/^(>>>|\.\.\.)( |$)/, /^\s*(In \[\d+\]:|\.{3,}:)( |$)/]) {
    if (prompt.test(first)) return lines.map((line) => line.replace(prompt, ''));
  }
  return lines;
}

/** IPython takes the indent of the first line away from every line that has it. */
function dedented(lines: string[]): string[] {
  const indent = /^[ \t]+(?=\S)/.exec(lines.find((line) => line.trim() !== '') ?? '')?.[0];
  if (indent === undefined) return lines;
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}
