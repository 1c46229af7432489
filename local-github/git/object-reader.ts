import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { gitEnvironment } from './run-git.ts';

export interface GitObject {
  sha: string;
  type: 'blob' | 'tree' | 'commit' | 'tag';
  data: Buffer;
}

/** One `git cat-file --batch` for a repository's life: an object costs a line on a pipe, not a process. */
export class ObjectReader {
  private readonly folder: string;
  private child: ChildProcessWithoutNullStreams | undefined;
  private waiting: { resolve: (object: GitObject | undefined) => void; reject: (error: Error) => void }[] =
    [];
  private pending: Buffer = Buffer.alloc(0);

  constructor(folder: string) {
    this.folder = folder;
  }

  /** `name` is anything that git resolves: a SHA, `refs/heads/main`, `SHA:path/in/tree`. */
  read(name: string): Promise<GitObject | undefined> {
    if (/[\n\0]/.test(name)) return Promise.resolve(undefined);
    const child = (this.child ??= this.start());
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      child.stdin.write(`${name}\n`);
    });
  }

  async close(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end();
    await ended;
  }

  private start(): ChildProcessWithoutNullStreams {
    const child = spawn('git', ['-C', this.folder, 'cat-file', '--batch'], { env: gitEnvironment });
    child.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    child.stdin.on('error', () => undefined);
    child.stderr.resume();
    child.on('error', (error) => this.fail(error));
    child.on('close', () => this.fail(new Error('git cat-file ended')));
    return child;
  }

  private fail(error: Error): void {
    this.child = undefined;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  private take(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    for (;;) {
      const end = this.pending.indexOf(0x0a);
      if (end < 0) return;
      const [sha = '', type = '', size = ''] = this.pending.subarray(0, end).toString().split(' ');
      if (!/^\d+$/.test(size)) {
        this.pending = this.pending.subarray(end + 1);
        this.waiting.shift()?.resolve(undefined);
        continue;
      }
      const start = end + 1;
      const stop = start + Number(size);
      if (this.pending.length < stop + 1) return;
      const data = Buffer.from(this.pending.subarray(start, stop));
      this.pending = this.pending.subarray(stop + 1);
      this.waiting.shift()?.resolve({ sha, type: type as GitObject['type'], data });
    }
  }
}
