import type { GuardrailPolicy } from './policy.ts';
import type { Violation } from './violation.ts';

const HELP =
  'A package is small text: keep data, models and long tables out of the notebook and load them from files.';

/** Holds a tree to the caps on files and bytes. */
export function checkSizes(
  files: readonly { place: string; text: string }[],
  caps: GuardrailPolicy['sizes'],
): Violation[] {
  const found: Violation[] = [];
  const add = (path: string, message: string): void => {
    found.push({ rule: 'size', severity: 'block', path, line: null, message, help: HELP });
  };
  const encoder = new TextEncoder();
  let total = 0;
  for (const { place, text } of files) {
    const bytes = encoder.encode(text).length;
    total += bytes;
    if (bytes > caps.fileBytes)
      add(place, `${place} has ${kilobytes(bytes)}; a file may have ${kilobytes(caps.fileBytes)}.`);
  }
  if (files.length > caps.files)
    add('.', `The package has ${String(files.length)} files; it may have ${String(caps.files)}.`);
  if (total > caps.totalBytes)
    add('.', `The package has ${kilobytes(total)}; it may have ${kilobytes(caps.totalBytes)}.`);
  return found;
}

function kilobytes(bytes: number): string {
  return `${String(Math.ceil(bytes / 1000))} kB`;
}
