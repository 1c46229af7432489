import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { z } from 'zod';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { messageOf } from '../lib/errors.ts';
import { nearest } from '../lib/text.ts';

const MOST_CHARACTERS = 200_000;
/** More complaints than these help nobody. */
const MOST_ISSUES = 20;

/**
 * Reads a YAML file of a repository and checks it.
 *
 * @returns The value, or what is wrong: every complaint names the line, an unknown key the nearest one that is known.
 */
export function readYaml<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
): { value?: z.output<S>; diagnostics: Diagnostic[] } {
  const refused = (code: string, message: string, help: string, line?: number): Diagnostic => ({
    code,
    severity: 'refused',
    file,
    ...(line === undefined ? {} : { line }),
    message,
    help,
  });
  if (text.length > MOST_CHARACTERS) {
    const message = `${file} is too large for a configuration file`;
    return { diagnostics: [refused('config_too_large', `${message}.`, 'Shorten it.')] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    const line = lines.linePos(broken.pos[0]).line;
    const message = broken.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? 'not YAML';
    return {
      diagnostics: [refused('config_not_yaml', `${file}:${line}: ${message}.`, 'Correct the file.', line)],
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return {
      diagnostics: [refused('config_not_yaml', `${file}: ${messageOf(error)}.`, 'Correct the file.')],
    };
  }
  const checked = schema.safeParse(value);
  if (checked.success) return { value: checked.data, diagnostics: [] };
  const known = z.toJSONSchema(schema, { io: 'input' }) as Schema;
  const diagnostics = checked.error.issues
    .flatMap((issue) => simpleIssues(issue))
    .flatMap(({ place, problem, help, unknown }) => {
      const line = lineOf(document, lines, unknown === undefined ? place : [...place, unknown]);
      if (unknown === undefined) {
        const key = place.length === 0 ? 'the file' : `\`${place.join('.')}\``;
        return refused('config_invalid', `${file}:${line}: ${key}: ${problem}.`, help, line);
      }
      const keys = knownKeys(known, place);
      const meant = nearest(unknown, keys);
      return refused(
        'config_unknown_key',
        `${file}:${line}: unknown key \`${[...place, unknown].join('.')}\`.`,
        meant === undefined ? `Known here: ${keys.join(', ')}.` : `Did you mean \`${meant}\`?`,
        line,
      );
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .slice(0, MOST_ISSUES);
  return { diagnostics };
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
