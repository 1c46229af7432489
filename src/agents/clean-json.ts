import type { Json } from './fence.ts';
import type { Screen } from './screen.ts';

/** Every text of a value, cleaned before it becomes JSON: escapes would hide what is looked for. */
export function cleanJson(value: Json, screen: Screen, place: string): Json {
  if (typeof value === 'string') return screen.clean(value, place);
  if (Array.isArray(value)) return value.map((one) => cleanJson(one, screen, place));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [screen.clean(key, place), cleanJson(one, screen, place)]),
  );
}

/** The same for a text that is meant to be JSON; `value` is undefined where it is none. */
export function cleanJsonText(
  text: string,
  screen: Screen,
  place: string,
): { text: string; value: Json | undefined } {
  try {
    const value = cleanJson(JSON.parse(text) as Json, screen, place);
    return { text: JSON.stringify(value), value };
  } catch {
    return { text: screen.clean(text, place), value: undefined };
  }
}
