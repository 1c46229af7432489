import type { Literal } from '../../python/statement.ts';

/**
 * Literals as YAML on one line, written so that every reader gives the same value: OmegaConf and PyYAML (YAML 1.1),
 * the `yaml` package (YAML 1.2), in a file and as the value of an override `key=value`.
 */

/** Words that YAML 1.1 reads as something else than text. */
const WORDS = new Set('y n yes no on off true false null none nan inf ~ ='.split(' '));

/** Starts like a number; text only if a letter is in it that no number, date or time has. */
const NUMBER_LIKE = /^[-+.]?\d/;
const NEVER_IN_NUMBER = /[g-mq-svwyG-MQ-SVWY]/;

const PLAIN = /^[\p{L}\p{N}_./][\p{L}\p{N}_./:@%-]*(?: [\p{L}\p{N}_./(][\p{L}\p{N}_./:@%()-]*)*$/u;

/** Can `text` stand without quotes, in a block or between brackets? */
function isPlain(text: string): boolean {
  if (!PLAIN.test(text) || /:(?:\s|$)/u.test(text) || WORDS.has(text.toLowerCase())) return false;
  // Some readers take `e5` and `.` for numbers.
  if (/^(?:[.e\d_]+|\.inf|\.nan)$/i.test(text) || text.startsWith('...')) return false;
  return !NUMBER_LIKE.test(text) || (NEVER_IN_NUMBER.test(text) && !text.includes(':'));
}

/** Characters that YAML must not hold as they are, or that PyYAML takes for a line break. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** `text` between double quotes, in escapes that JSON and YAML share. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** OmegaConf reads `${…}` as a reference; a backslash before it makes it text. */
export function escapeReferences(text: string): string {
  return text.replace(/(\\*)\$\{/g, (_, backslashes: string) => `${backslashes}${backslashes}\\\${`);
}

/** Text as a YAML scalar: plain where it is sure to stay text, else between double quotes. */
export function yamlString(text: string): string {
  return isPlain(text) ? text : quoted(text);
}

/** A float that YAML 1.1 reads as a float: with a point, and a signed exponent only for the very small and large. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', power = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -9 || exponent > 15)) {
    const fraction = digits.slice(1) === '' ? '0' : digits.slice(1);
    return `${sign}${digits.slice(0, 1)}.${fraction}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}.${fraction === '' ? '0' : fraction}`;
}

/** A literal in flow style; tuples and sets become lists. */
export function yamlText(literal: Literal): string {
  switch (literal.kind) {
    case 'none':
      return 'null';
    case 'bool':
      return literal.value ? 'true' : 'false';
    case 'int':
      return Number.isSafeInteger(literal.value) ? String(literal.value) : BigInt(literal.value).toString();
    case 'float':
      return floatText(literal.value);
    case 'string':
      return yamlString(escapeReferences(literal.value));
    case 'list':
    case 'tuple':
    case 'set':
      return `[${literal.items.map(yamlText).join(', ')}]`;
    case 'dict':
      return `{${literal.entries.map(({ key, value }) => `${yamlText(key)}: ${yamlText(value)}`).join(', ')}}`;
  }
}

/** A comment at the end of a line, or nothing. */
export function yamlComment(comment: string): string {
  const text = comment.replace(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]+/g, ' ').trim();
  return text === '' ? '' : `  # ${text}`;
}
