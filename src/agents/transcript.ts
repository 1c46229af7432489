import type { TranscriptEntry } from './agent.ts';

/** Longer texts are cut: a transcript says what happened, it is no copy of the package. */
const LONGEST = 2_000;
const MOST_ENTRIES = 500;

/** What happened, in its order. */
export interface Transcript {
  entries: TranscriptEntry[];
  add(entry: TranscriptEntry): void;
}

/** Opens an empty transcript; what comes in was cleaned before. */
export function openTranscript(): Transcript {
  const entries: TranscriptEntry[] = [];
  return {
    entries,
    add: (entry) => {
      if (entries.length >= MOST_ENTRIES) return;
      const short = { ...entry };
      if ('text' in short) short.text = cut(short.text);
      if ('arguments' in short) short.arguments = cut(short.arguments);
      if ('reason' in short) short.reason = cut(short.reason);
      entries.push(short);
    },
  };
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
