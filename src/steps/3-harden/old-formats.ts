import type { Span } from '../../python/statement.ts';
import type { Field } from './format-strings.ts';

/** What a formatted text shows: its values, each with the text in front of it, and the text behind the last one. */
interface Formatted {
  fields: Field[];
  after: string;
}

const LITERAL = /^[uU]?(?:"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)')(?!["'])/;

/**
 * Reads `'x %.2f' % x`, `'x {:.2f}'.format(x)` and `'x ' + str(x)`; specifications are left out.
 *
 * @param text - An expression.
 * @returns Null for anything else, and wherever a value cannot be told by its place.
 */
export function readOldFormat(text: string): Formatted | null {
  const literal = LITERAL.exec(text);
  const template = (literal?.[1] ?? literal?.[2] ?? '').replace(/\\./g, ' ');
  const rest = literal === null ? '' : text.slice(literal[0].length);
  const percent = /^\s*%\s*/.exec(rest);
  if (percent !== null) {
    const start = text.length - rest.length + percent[0].length;
    return fill(readPercents(template), percentValues(text, start));
  }
  const format = /^\s*\.\s*format\(/.exec(rest);
  if (format !== null && text.endsWith(')')) {
    const start = text.length - rest.length + format[0].length;
    return fill(readBraces(template), split(text, { start, end: text.length - 1 }, ','), text);
  }
  return readSum(text);
}

/** A place for a value, and the text in front of it. */
interface Gap {
  before: string;
  /** Position among the values, or name. */
  value: number | string;
}
type Template = { gaps: Gap[]; after: string } | null;

function readPercents(template: string): Template {
  const gaps: Gap[] = [];
  let before = '';
  let last = 0;
  for (const match of template.matchAll(/%(%|[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]|)/g)) {
    before += template.slice(last, match.index);
    last = match.index + match[0].length;
    // `%(name)s`, `%*d`: a dictionary or a width comes with the values.
    if (match[1] === '') return null;
    if (match[1] === '%') before += '%';
    else {
      gaps.push({ before, value: gaps.length });
      before = '';
    }
  }
  return { gaps, after: before + template.slice(last) };
}

function readBraces(template: string): Template {
  const gaps: Gap[] = [];
  let before = '';
  let last = 0;
  for (const match of template.matchAll(/\{\{|\}\}|\{(\w*)(?:![rsa])?(?::[^{}]*)?\}|[{}]/g)) {
    before += template.slice(last, match.index);
    last = match.index + match[0].length;
    const name = match[1];
    if (name === undefined) {
      // A lone brace: an attribute, an item or a specification with a field of its own.
      if (match[0].length === 1) return null;
      before += match[0].charAt(0);
    } else {
      gaps.push({ before, value: name === '' ? gaps.length : /^\d+$/.test(name) ? Number(name) : name });
      before = '';
    }
  }
  return { gaps, after: before + template.slice(last) };
}

/** The values of `%`: those of a tuple, or one. */
function percentValues(text: string, start: number): Span[] | null {
  const whole = { start, end: text.length };
  if (text.startsWith('{', start)) return null;
  if (closing(text, start) === text.length - 1 && text.startsWith('(', start))
    return split(text, { start: start + 1, end: text.length - 1 }, ',');
  // `'%s' % a + b` is a sum.
  return /\s/.test(outside(text, whole)) ? null : [whole];
}

function fill(template: Template, values: Span[] | null, text?: string): Formatted | null {
  if (template === null || values === null) return null;
  const positional: Span[] = [];
  const named = new Map<string, Span>();
  for (const span of values) {
    const keyword = /^(\w+)\s*=(?!=)\s*/.exec(text?.slice(span.start, span.end) ?? '');
    if (keyword?.[1] === undefined) positional.push(span);
    else named.set(keyword[1], { start: span.start + keyword[0].length, end: span.end });
  }
  const fields: Field[] = [];
  for (const { before, value } of template.gaps) {
    const span = typeof value === 'number' ? positional[value] : named.get(value);
    if (span === undefined) return null;
    fields.push({ before, span });
  }
  // A value that no place shows, or a starred one that stands for several: its key would be a guess.
  return fields.length >= positional.length ? { fields, after: template.after } : null;
}

/** `'x: ' + str(x) + ' of ' + name`. */
function readSum(text: string): Formatted | null {
  const parts = split(text, { start: 0, end: text.length }, '+');
  if (parts === null || parts.length < 2) return null;
  const fields: Field[] = [];
  let before = '';
  let texts = 0;
  for (const span of parts) {
    const part = text.slice(span.start, span.end);
    const literal = LITERAL.exec(part);
    if (literal !== null && literal[0].length === part.length) {
      before += (literal[1] ?? literal[2] ?? '').replace(/\\./g, ' ');
      texts += 1;
      continue;
    }
    // `'-' * 40` and the like are not values.
    if (literal !== null || part === '') return null;
    const inner = /^str\(/.test(part) && closing(part, 3) === part.length - 1;
    fields.push({ before, span: inner ? { start: span.start + 4, end: span.end - 1 } : span });
    before = '';
  }
  return texts > 0 && fields.length > 0 ? { fields, after: before } : null;
}

/** Parts between separators that stand in no bracket and no text; a trailing separator ends the last part. */
function split(text: string, range: Span, separator: string): Span[] | null {
  const parts: Span[] = [];
  const plain = outside(text, range);
  let start = 0;
  for (let index = 0; index <= plain.length; index += 1) {
    if (index < plain.length && plain.charAt(index) !== separator) continue;
    const part = text.slice(range.start + start, range.start + index);
    const lead = part.length - part.trimStart().length;
    const span = {
      start: range.start + start + lead,
      end: range.start + start + lead + part.trim().length,
    };
    if (part.trim().startsWith('*')) return null;
    if (index < plain.length || part.trim() !== '') parts.push(span);
    start = index + 1;
  }
  return parts;
}

/** The text with everything in brackets and quotes blanked by `_`: of the same length. */
function outside(text: string, { start, end }: Span): string {
  let plain = '';
  let depth = 0;
  let quote: string | null = null;
  for (let index = start; index < end; index += 1) {
    const character = text.charAt(index);
    let visible = depth === 0 && quote === null;
    if (quote !== null) {
      if (character === '\\') {
        plain += '_';
        index += 1;
      } else if (character === quote) quote = null;
    } else if (character === '"' || character === "'") {
      quote = character;
      visible = false;
    } else if ('([{'.includes(character)) {
      depth += 1;
      visible = false;
    } else if (')]}'.includes(character)) {
      depth -= 1;
      visible = false;
    }
    plain += visible ? character : '_';
  }
  return plain;
}

/** Index of the bracket that closes the one at `start`; -1 where there is none. */
function closing(text: string, start: number): number {
  let depth = 0;
  let quote: string | null = null;
  for (let index = start; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== null) {
      if (character === '\\') index += 1;
      else if (character === quote) quote = null;
    } else if (character === '"' || character === "'") quote = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}
