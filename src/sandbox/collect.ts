import type Docker from 'dockerode';
import tar from 'tar-stream';
import { messageOf } from '../lib/errors.ts';
import { statusCode } from './errors.ts';
import { WORKSPACE } from './image.ts';
import { RESULT_CAPS } from './limits.ts';
import { safeParts } from './pack.ts';

/** Bits of the mode in the engine's answer to `stat`: Go's, not the system's. */
const GO_SYMLINK = 2 ** 27;

/** What was read back. */
export interface Collected {
  files: Record<string, Uint8Array>;
  refused: string[];
}

/** Reads files back out of a workspace; nothing that a program made is ever followed, unpacked or trusted for its size. */
export class Collector {
  readonly files: Record<string, Uint8Array> = {};
  readonly refused: string[] = [];
  readonly #holder: Docker.Container;
  #count = 0;
  #kept = 0;
  #seen = 0;

  constructor(holder: Docker.Container) {
    this.#holder = holder;
  }

  /** Reads one file or folder; what is not there is left out without a word. */
  async read(path: string): Promise<void> {
    const parts = safeParts(path);
    if (!(await this.#plain(parts))) return;
    let archive: NodeJS.ReadableStream;
    try {
      archive = await this.#holder.getArchive({ path: [WORKSPACE, ...parts].join('/') });
    } catch (error) {
      if (statusCode(error) !== 404) this.#refuse(path, `could not be read (${messageOf(error)})`);
      return;
    }
    try {
      await this.#entries(archive, parts.slice(0, -1), parts.length === 0);
    } catch (error) {
      this.#refuse(path, `could not be read to its end (${messageOf(error)})`);
    } finally {
      // A sparse file claims to be huge: hanging up is the only way not to be sent its zeros.
      if ('destroy' in archive && typeof archive.destroy === 'function') archive.destroy();
    }
  }

  /** The engine resolves links in the folders of a path, within the container; so each part is looked at first. */
  async #plain(parts: string[]): Promise<boolean> {
    for (let length = 1; length <= parts.length; length++) {
      const shown = parts.slice(0, length).join('/');
      const mode = await this.#modeOf(`${WORKSPACE}/${shown}`);
      if (mode === undefined) return false;
      if (Math.floor(mode / GO_SYMLINK) % 2 === 1) {
        this.#refuse(shown, 'a link');
        return false;
      }
    }
    return true;
  }

  async #modeOf(path: string): Promise<number | undefined> {
    try {
      const answer: unknown = await this.#holder.infoArchive({ path });
      if (typeof answer !== 'object' || answer === null || !('headers' in answer)) return undefined;
      // Unread, an answer holds its socket, and with it this process, for minutes.
      if ('resume' in answer && typeof answer.resume === 'function') answer.resume();
      const headers = answer.headers as Record<string, string | undefined>;
      const text = Buffer.from(headers['x-docker-container-path-stat'] ?? '', 'base64').toString('utf8');
      const stat: unknown = JSON.parse(text);
      return typeof stat === 'object' && stat !== null && 'mode' in stat && typeof stat.mode === 'number'
        ? stat.mode
        : undefined;
    } catch (error) {
      if (statusCode(error) !== 404) this.#refuse(path, `could not be looked at (${messageOf(error)})`);
      return undefined;
    }
  }

  async #entries(archive: NodeJS.ReadableStream, above: string[], whole: boolean): Promise<void> {
    const extract = tar.extract();
    archive.on('error', (error: Error) => extract.destroy(error));
    archive.pipe(extract);
    for await (const entry of extract) {
      const { name, type, size = 0 } = entry.header;
      // The first part is the folder that was asked for; of the workspace itself that is its own name.
      const own = name.split('/').filter((part) => part !== '');
      const path = whole ? own.slice(1) : [...above, ...own];
      this.#seen += size;
      const reason = this.#reason(path, type ?? 'file', size);
      if (reason === undefined) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array));
        this.files[path.join('/')] = Buffer.concat(chunks);
        this.#count++;
        this.#kept += size;
      } else if (reason !== '') {
        this.#refuse(path.join('/'), reason);
      }
      if (this.#seen > RESULT_CAPS.seen) {
        this.#refuse(path.join('/'), 'and what comes after it: too much to read');
        return;
      }
      entry.resume();
    }
  }

  /** Why an entry is left out; empty when that needs no word. */
  #reason(path: string[], type: string, size: number): string | undefined {
    if (type === 'directory') return '';
    if (type === 'symlink') return 'a link';
    if (type === 'link') return 'a second name of another file';
    if (type !== 'file' && type !== 'contiguous-file') return 'no regular file';
    if (path.some((part) => part === '..' || part === '.' || part.includes('\0'))) return 'not a plain path';
    if (path.length > RESULT_CAPS.depth) return 'too deep';
    if (size > RESULT_CAPS.file) return `too large (${size} bytes)`;
    if (this.#kept + size > RESULT_CAPS.total) return 'too much in all';
    if (this.#count >= RESULT_CAPS.files) return 'too many files';
    return undefined;
  }

  #refuse(path: string, reason: string): void {
    if (this.refused.length > RESULT_CAPS.refused) return;
    const line = `${printable(path)}: ${reason}`;
    if (this.refused.includes(line)) return;
    this.refused.push(this.refused.length === RESULT_CAPS.refused ? '… and more' : line);
  }
}

/** Names that a program chose must not move the cursor of a terminal or forge a line of a log. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd').slice(0, 300);
}
