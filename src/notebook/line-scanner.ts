/** Follows strings and brackets from line to line, only as far as it takes to know where a statement can start. */

type Frame =
  | { kind: 'bracket' }
  /** `format`: an f-string, whose braces hold code. */
  | { kind: 'string'; quote: string; format: boolean }
  | { kind: 'field' };

export class LineScanner {
  private stack: Frame[] = [];
  private joined = false;

  /** True if the next line starts a statement. */
  get free(): boolean {
    return this.stack.length === 0 && !this.joined;
  }

  /** Reads a line. */
  read(line: string): void {
    this.scan(line);
  }

  /** True if the line, read from here, ends with `?` in code: IPython's help. Python has no question mark. */
  endsWithQuestion(line: string): boolean {
    if (!line.includes('?')) return false;
    const probe = new LineScanner();
    const code = probe.scan(line);
    return probe.free && /[\w\])*]\?{1,2}\s*;?\s*$/u.test(code) && !/^\s*#/.test(code);
  }

  /** Gives the line's code with the insides of strings and the comment left out. */
  private scan(line: string): string {
    let code = '';
    this.joined = false;
    for (let i = 0; i < line.length;) {
      const top = this.stack.at(-1);
      if (top?.kind === 'string') {
        i = this.inString(line, i, top);
        continue;
      }
      const rest = line.slice(i, i + 3);
      const character = rest[0] ?? '';
      if (character === '#') break;
      if (character === '"' || character === "'") {
        const quote = rest === character.repeat(3) ? rest : character;
        this.stack.push({
          kind: 'string',
          quote,
          format: /(^|[^\w])(f|t|rf|fr|rt|tr)$/i.test(line.slice(Math.max(0, i - 3), i)),
        });
        i += quote.length;
        code += '"';
        continue;
      }
      if ('([{'.includes(character)) this.stack.push({ kind: 'bracket' });
      else if (')]}'.includes(character) && top) this.stack.pop();
      if (character === '\\' && i === line.length - 1) this.joined = true;
      code += character;
      i += 1;
    }
    this.endLine(line);
    return code;
  }

  private inString(line: string, at: number, frame: Frame & { kind: 'string' }): number {
    const character = line[at] ?? '';
    if (character === '\\') return at + 2;
    if (line.startsWith(frame.quote, at)) {
      this.stack.pop();
      return at + frame.quote.length;
    }
    if (frame.format && character === '{') {
      if (line[at + 1] === '{') return at + 2;
      this.stack.push({ kind: 'field' });
    }
    return at + 1;
  }

  /** A string in single quotes ends with its line, unless a backslash or a field in it carries it on. */
  private endLine(line: string): void {
    const top = this.stack.at(-1);
    if (top?.kind !== 'string' || top.quote.length === 3 || /(?<!\\)(\\\\)*\\$/.test(line)) return;
    this.stack.pop();
  }
}
