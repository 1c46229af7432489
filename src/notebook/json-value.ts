/** Looks into JSON that anybody may have written. */

export type JsonRecord = Record<string, unknown>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a key of the record itself, so that `constructor` and `__proto__` find nothing. */
export function own(record: JsonRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The text at the end of a path of keys, if there is one and it is not empty. */
export function textOf(record: JsonRecord, ...path: string[]): string | undefined {
  let value: unknown = record;
  for (const key of path) value = isRecord(value) ? own(value, key) : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
