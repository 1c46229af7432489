/** Keeps the first bytes of a stream and counts the rest. */
export class BoundedOutput {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #seen = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that arrived. */
  get seen(): number {
    return this.#seen;
  }

  /** Whether some of what arrived was left out. */
  get truncated(): boolean {
    return this.#seen > this.#kept;
  }

  add(chunk: Buffer): void {
    this.#seen += chunk.length;
    const room = this.#limit - this.#kept;
    if (room <= 0) return;
    // A copy: a slice would keep the whole chunk of the socket alive.
    const part = Buffer.from(chunk.subarray(0, room));
    this.#chunks.push(part);
    this.#kept += part.length;
  }

  /** The text; bytes that are no UTF-8 become replacement characters. */
  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

const HEADER = 8;
const STDERR = 2;

/**
 * Takes the engine's multiplexed stream apart: eight bytes of header (stream, length), then the bytes.
 * dockerode has one, which copies its whole buffer and recurses once a frame: a program that prints single bytes
 * makes it quadratic and can exhaust the stack, so a hostile program could stop its host.
 */
export class FrameReader {
  readonly #stdout: (bytes: Buffer) => void;
  readonly #stderr: (bytes: Buffer) => void;
  readonly #header = Buffer.alloc(HEADER);
  #headerBytes = 0;
  #left = 0;

  constructor(stdout: (bytes: Buffer) => void, stderr: (bytes: Buffer) => void) {
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) {
        const count = Math.min(HEADER - this.#headerBytes, chunk.length - at);
        chunk.copy(this.#header, this.#headerBytes, at, at + count);
        this.#headerBytes += count;
        at += count;
        if (this.#headerBytes < HEADER) return;
        this.#headerBytes = 0;
        this.#left = this.#header.readUInt32BE(4);
        continue;
      }
      const end = Math.min(at + this.#left, chunk.length);
      (this.#header[0] === STDERR ? this.#stderr : this.#stdout)(chunk.subarray(at, end));
      this.#left -= end - at;
      at = end;
    }
  }
}
