import { count, INVISIBLE, listed } from '../lib/text.ts';

/** Everything that a model is shown, and everything that is kept of what it said, passes here. */
export interface Screen {
  /**
   * The text without what nobody sees and without secrets.
   *
   * @param place - Where it comes from, for the notices: `cell 3`, `src/config.py`.
   */
  clean(text: string, place: string): string;
  /** Adds a remark of its own. */
  note(notice: string): void;
  /** What was done, each place once. */
  notices(): string[];
}

/**
 * Opens the screen of one proposal.
 *
 * @param redact - Hides secrets.
 */
export function openScreen(redact: (text: string) => string): Screen {
  const removed = new Map<string, { times: number; points: Set<string> }>();
  const redacted = new Set<string>();
  const others = new Set<string>();
  const clean = (text: string, place: string): string => {
    const visible = text.replaceAll('\r\n', '\n').replace(INVISIBLE, (character) => {
      if (character === '\n' || character === '\t') return character;
      const found = removed.get(place) ?? { times: 0, points: new Set<string>() };
      found.times += 1;
      found.points.add(codePoint(character));
      removed.set(place, found);
      return '';
    });
    const safe = redact(visible);
    if (safe !== visible) redacted.add(place);
    return safe;
  };
  return {
    clean,
    note: (notice) => void others.add(notice),
    notices: () => [
      ...[...removed].map(
        ([place, { times, points }]) =>
          `${place}: ${count(times, 'character')} that cannot be seen ${times === 1 ? 'was' : 'were'} removed (${listed([...points])}).`,
      ),
      ...[...redacted].map((place) => `${place}: what looks like a secret was hidden.`),
      ...others,
    ],
  };
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
