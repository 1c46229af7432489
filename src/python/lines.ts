/** Offsets ↔ lines of a text, whose lines may end as Python lets them. */
export class LineMap {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (const end of text.matchAll(/\r\n?|\n/g)) this.starts.push(end.index + end[0].length);
  }

  /** Line of an offset, from 1. */
  line(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** Column of an offset, from 0. */
  column(offset: number): number {
    return offset - this.start(this.line(offset));
  }

  /** Offset of the first character of a line. */
  start(line: number): number {
    return this.starts[line - 1] ?? 0;
  }
}
