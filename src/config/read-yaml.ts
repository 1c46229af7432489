import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { z } from 'zod';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { messageOf } from '../lib/errors.ts';
import { nearest } from '../lib/text.ts';

const MOST_CHARACTERS = 200_000;
/** More complaints than these help nobody. */
const MOST_ISSUES = 20;

/** A place in a file, from 1. */
export interface Place {
  line: number;
  column: number;
}

/** What a YAML file says, or what is wrong with it. */
export interface ReadYaml<S extends z.ZodType> {
  value?: z.output<S>;
  diagnostics: Diagnostic[];
  /** Where a key stands, by the keys that lead to it. */
  placeOf(path: readonly (string | number)[]): Place;
}

/**
 * Reads a YAML file of a repository and checks it.
 *
 * @returns The value, or what is wrong: every complaint names the line, an unknown key the nearest one that is known.
 */
export function readYaml<S extends z.ZodType>(text: string, file: string, schema: S): ReadYaml<S> {
  const nowhere: Place = { line: 1, column: 1 };
  const failed = (diagnostics: Diagnostic[]): ReadYaml<S> => ({ diagnostics, placeOf: () => nowhere });
  const refused = (code: string, message: string, help: string, place?: Place): Diagnostic => ({
    code,
    severity: 'refused',
    file,
    ...place,
    message,
    help,
  });
  if (text.length > MOST_CHARACTERS) {
    const message = `${file} is too large for a configuration file`;
    return failed([refused('config_too_large', `${message}.`, 'Shorten it.')]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const { line, col: column } = lines.linePos(broken.pos[0]);
    const message = broken.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? 'not YAML';
    const place = { line, column };
    return failed([refused('config_not_yaml', `${file}:${line}: ${message}.`, 'Correct the file.', place)]);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return failed([refused('config_not_yaml', `${file}: ${messageOf(error)}.`, 'Correct the file.')]);
  }
  const checked = schema.safeParse(value);
  const placeOf = (path: readonly (string | number)[]): Place => findPlace(document, lines, path.map(String));
  if (checked.success) return { value: checked.data, diagnostics: [], placeOf };
  const known = z.toJSONSchema(schema, { io: 'input' }) as Schema;
  const diagnostics = checked.error.issues
    .flatMap((issue) => simpleIssues(issue))
    .flatMap(({ place, problem, help, unknown }) => {
      const found = placeOf(unknown === undefined ? place : [...place, unknown]);
      const { line } = found;
      if (unknown === undefined) {
        const key = place.length === 0 ? 'the file' : `\`${place.join('.')}\``;
        return refused('config_invalid', `${file}:${line}: ${key}: ${problem}.`, help, found);
      }
      const keys = knownKeys(known, place);
      const meant = nearest(unknown, keys);
      return refused(
        'config_unknown_key',
        `${file}:${line}: unknown key \`${[...place, unknown].join('.')}\`.`,
        meant === undefined ? `Known here: ${keys.join(', ')}.` : `Did you mean \`${meant}\`?`,
        found,
      );
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .slice(0, MOST_ISSUES);
  return { diagnostics, placeOf };
}

interface SimpleIssue {
  place: string[];
  problem: string;
  help: string;
  /** The key, where it is one that nobody knows. */
  unknown?: string;
}

/** An issue of zod as what a reader can act on; of a union, the member that the value came nearest to. */
function simpleIssues(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): SimpleIssue[] {
  const path = [...above, ...issue.path];
  const place = path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((unknown) => ({ place, problem: '', help: '', unknown }));
  if (issue.code === 'invalid_union') {
    const near = issue.errors.find((issues) =>
      issues.every((one) => one.path.length > 0 || one.code === 'unrecognized_keys'),
    );
    const named = issue.errors.flat().find((one) => one.code === 'invalid_value');
    const chosen = near ?? (named === undefined ? undefined : [named]);
    if (chosen !== undefined) return chosen.flatMap((one) => simpleIssues(one, path));
  }
  return [{ place, problem: issue.message.replace(/\.$/, ''), help: 'Correct the value.' }];
}

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

/** The keys that the schema knows at a place. */
function knownKeys(schema: Schema, place: readonly string[]): string[] {
  let at = [schema];
  const inner = (one: Schema): Schema[] => [one, ...(one.anyOf ?? []).flatMap(inner)];
  for (const key of place) {
    at = at
      .flatMap(inner)
      .map((one) => (/^\d+$/.test(key) ? one.items : one.properties?.[key]))
      .filter((one) => one !== undefined);
  }
  return at.flatMap(inner).flatMap((one) => Object.keys(one.properties ?? {}));
}

/** The place of a key, or of the nearest key above it that is in the file. */
function findPlace(document: Document, lines: LineCounter, path: readonly string[]): Place {
  let node: unknown = document.contents;
  let offset = startOf(document.contents);
  for (const key of path) {
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
  const { line, col: column } = lines.linePos(offset ?? 0);
  return { line, column };
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}
