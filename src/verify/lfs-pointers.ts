import { openSync, readSync, closeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Source } from '../lib/source.ts';
import { LFS_POINTER } from '../notebook/read-notebook.ts';
import type { WatchedStatement } from './notebook-run.ts';
import type { NotRun } from './verdict.ts';

/** A pointer is smaller than this, by the same specification. */
const MOST_BYTES = 1024;

/** Why a notebook cannot be run where a file that it names is only a pointer; undefined where none is. */
export function whyPointer(source: Source, statements: readonly WatchedStatement[]): NotRun | undefined {
  const small = source.files.filter(({ bytes }) => bytes < MOST_BYTES && bytes > LFS_POINTER.length);
  for (const { code, cell, line } of statements) {
    const named = small.find(
      ({ path }) => namesFile(code, basename(path)) && isPointer(join(source.root, path)),
    );
    if (named === undefined) continue;
    return {
      layer: 'missing_data',
      message: `Cell ${cell}, line ${line} names \`${named.path}\`, which is a pointer of Git LFS: the data itself is not in the working tree.`,
      help: 'Fetch it with `git lfs pull`, then run this again.',
    };
  }
  return undefined;
}

/** The file's name ends a string literal of the code. */
function namesFile(code: string, name: string): boolean {
  return ["'", '"'].some((end) => [end, '/', '\\'].some((before) => code.includes(`${before}${name}${end}`)));
}

function isPointer(file: string): boolean {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const start = Buffer.alloc(LFS_POINTER.length);
      return readSync(descriptor, start) === start.length && start.toString('latin1') === LFS_POINTER;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
