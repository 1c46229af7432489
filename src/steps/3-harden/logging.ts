import type { ValueFacts } from '../../notebook/observation.ts';
import type { Argument, Call, Span } from '../../python/statement.ts';
import { readFormatString, readJoinedStrings } from './format-strings.ts';
import type { NestedEdit } from './nested-edits.ts';
import { readOldFormat } from './old-formats.ts';

/** What a print turns into depends on where it stands. */
export interface LogPlace {
  /** Event of the log line: the function that it stands in. */
  event: string;
  /** What the run showed of a name at this statement. */
  factsOf: (name: string) => ValueFacts | undefined;
}

/** A value that a print shows, with the text in front of it. */
interface Shown {
  label: string;
  span: Span;
  text: string;
}

/** Views of a table that only a reader of the notebook looks at. */
const DISPLAYS =
  /\.(head|tail|describe|info|sample|to_string|value_counts|summary)\(|\b(classification_report|confusion_matrix)\(/;
const TABLES: ValueFacts['kind'][] = ['dataframe', 'series', 'ndarray', 'tensor', 'sparse', 'index'];

/**
 * Turns a `print` into a structured log line (R7 of the design's rules): labels become keys, format
 * specifications are dropped, tables are logged by their shape, separators vanish.
 *
 * @param call - The call of `print`.
 * @param statementText - Text of its statement.
 * @param place - Where it stands.
 */
export function logInsteadOfPrint(call: Call, statementText: string, place: LogPlace): NestedEdit {
  const shown = call.arguments
    .filter((argument) => argument.keyword === null)
    .reduce<Read>(readArgument(statementText), { shown: [], label: '' });
  const values = shown.shown.filter((value) => !DISPLAYS.test(value.text));
  return {
    span: call.span,
    replace: (render) => {
      const words = slug(shown.label);
      if (values.length === 0)
        return words === '' || shown.shown.length > 0 ? 'pass' : `logger.info(${quote(words)})`;
      const keys = new Set<string>();
      const pairs = values.map((value) => {
        const key = uniqueKey(keyOf(value), keys);
        const facts = /^[A-Za-z_]\w*$/.test(value.text) ? place.factsOf(value.text) : undefined;
        const table = facts !== undefined && TABLES.includes(facts.kind) && (facts.shape ?? []).length > 0;
        const code = render(value.span);
        if (table) return `${key}_shape=${code}.shape`;
        return isBareTuple(value.text) ? `${key}=(${code})` : `${key}=${code}`;
      });
      return `logger.info(${quote(place.event)}, ${pairs.join(', ')})`;
    },
  };
}

interface Read {
  shown: Shown[];
  /** Text behind the last value. */
  label: string;
}

function readArgument(statementText: string): (read: Read, argument: Argument) => Read {
  return (read, argument) => {
    if (argument.literal?.kind === 'string')
      return { shown: read.shown, label: `${read.label} ${argument.literal.value}` };
    const format =
      readFormatString(argument.text) ?? readJoinedStrings(argument.text) ?? readOldFormat(argument.text);
    if (!format) {
      return {
        shown: [...read.shown, { label: read.label, span: argument.span, text: argument.text }],
        label: '',
      };
    }
    const fields = format.fields.map((field, index) => {
      const span = {
        start: argument.span.start + field.span.start,
        end: argument.span.start + field.span.end,
      };
      const label = index === 0 ? `${read.label} ${field.before}` : field.before;
      return { label, span, text: statementText.slice(span.start, span.end) };
    });
    return {
      shown: [...read.shown, ...fields],
      label: fields.length > 0 ? format.after : `${read.label} ${format.after}`,
    };
  };
}

/** The word in front of a value, if it is a label (`x=`, `x:`), else the value's own name. */
function keyOf(value: Shown): string {
  const label = /([\w .\-/]+?)\s*[=:]\s*$/.exec(value.label)?.[1];
  const own = /^[A-Za-z_][\w.]*$/.test(value.text) ? slug(value.text.replaceAll('.', '_')) : '';
  const words = label === undefined ? '' : slug(label).split('_').slice(-4).join('_');
  return words || own || slug(value.label).split('_').slice(0, 4).join('_') || 'value';
}

function uniqueKey(key: string, taken: Set<string>): string {
  const safe = /^[a-z_]/.test(key) && !RESERVED.has(key) ? key : `value_${key}`;
  let choice = safe;
  for (let number = 2; taken.has(choice); number += 1) choice = `${safe}_${number}`;
  taken.add(choice);
  return choice;
}

const RESERVED = new Set([
  'event',
  'level',
  'timestamp',
  'exc_info',
  'self',
  'and',
  'as',
  'class',
  'for',
  'from',
  'if',
  'in',
  'is',
  'not',
  'or',
  'with',
  'lambda',
  'else',
  'def',
  'del',
  'import',
  'pass',
  'while',
  'none',
  'true',
  'false',
  'global',
  'return',
  'try',
  'yield',
  'assert',
  'async',
  'await',
  'break',
  'continue',
  'except',
  'finally',
  'nonlocal',
  'raise',
  'elif',
]);

/** Lower-case words joined by underscores. */
export function slug(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** `a, b`: what the field of an f-string may hold, and an argument may not. */
function isBareTuple(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"]*"|'[^']*'|[()[\]{},]/g)) {
    if ('([{'.includes(token)) depth += 1;
    else if (')]}'.includes(token)) depth -= 1;
    else if (token === ',' && depth === 0) return true;
  }
  return false;
}
