import { readFileSync } from 'node:fs';
import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { z } from 'zod';
import { messageOf, UsageError } from '../lib/errors.ts';
import { nearest } from '../lib/text.ts';
import { type ConfigFile, fileSchema } from './schema.ts';

const MOST_BYTES = 1_000_000;

/** Reads and checks a configuration file; every complaint names the line. */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      'config_unreadable',
      `The configuration file ${path} cannot be read: ${messageOf(error)}.`,
      'Check the path given with --config.',
    );
  }
  if (text.length > MOST_BYTES) {
    throw new UsageError('config_too_large', `${path} is too large for a configuration file.`, 'Shorten it.');
  }
  return parseConfig(text, path);
}

/** Checks the text of a configuration file. */
export function parseConfig(text: string, path: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const line = lines.linePos(broken.pos[0]).line;
    const message = broken.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? 'not YAML';
    throw new UsageError('config_not_yaml', `${path}:${line}: ${message}.`, 'Correct the file.');
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    throw new UsageError('config_not_yaml', `${path}: ${messageOf(error)}.`, 'Correct the file.');
  }
  const checked = fileSchema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw issue === undefined
    ? new UsageError('config_invalid', `${path} is not valid.`, 'Correct the file.')
    : complaint(issue, document, lines, path);
}

type Issue = z.core.$ZodIssue;

function complaint(issue: Issue, document: Document, lines: LineCounter, path: string): UsageError {
  const place = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = knownKeys(place);
    const meant = nearest(key, known);
    const line = lineOf(document, lines, [...place, key]);
    return new UsageError(
      'config_unknown_key',
      `${path}:${line}: unknown key \`${[...place, key].join('.')}\`.`,
      meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean \`${meant}\`?`,
    );
  }
  const key = place.length === 0 ? 'the file' : `\`${place.join('.')}\``;
  const line = lineOf(document, lines, place);
  return new UsageError('config_invalid', `${path}:${line}: ${key}: ${issue.message}.`, 'Correct the value.');
}

/** The keys that the schema knows at a place. */
function knownKeys(place: readonly string[]): string[] {
  let at: unknown = fileSchema;
  for (const key of place) at = shapeOf(at)?.[key];
  return Object.keys(shapeOf(at) ?? {});
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  let at = schema;
  while (
    typeof at === 'object' &&
    at !== null &&
    !('shape' in at) &&
    'unwrap' in at &&
    typeof at.unwrap === 'function'
  ) {
    at = (at.unwrap as () => unknown)();
  }
  if (typeof at !== 'object' || at === null || !('shape' in at)) return undefined;
  return at.shape as Record<string, unknown>;
}

/** The line of a key, or of the nearest key above it that is in the file. */
function lineOf(document: Document, lines: LineCounter, place: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = startOf(document.contents);
  for (const key of place) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key,
      );
      if (pair === undefined) break;
      offset = startOf(pair.key as Node | null) ?? offset;
      node = pair.value;
    } else if (isCollection(node)) {
      node = node.items[Number(key)];
      offset = startOf(node as Node | null) ?? offset;
    } else break;
  }
  return lines.linePos(offset ?? 0).line;
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
