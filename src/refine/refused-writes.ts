import type { TranscriptEntry } from '../agents/agent.ts';
import type { FileVerdict } from '../gate/judgement.ts';

const WRITING = ['write_file', 'edit_file', 'delete_file'];
const REFUSAL = /This path cannot be written: ([^"]*?)\.?"/;

/** What an agent tried to write and its tools refused at once: it never was part of a proposal, and a reviewer should hear of it. */
export function refusedWrites(transcript: readonly TranscriptEntry[]): FileVerdict[] {
  const found = new Map<string, FileVerdict>();
  for (const entry of transcript) {
    if (entry.kind !== 'tool' || entry.ok || !WRITING.includes(entry.name)) continue;
    const reason = REFUSAL.exec(entry.text)?.[1];
    const path = /"path":\s*"((?:[^"\\]|\\.)*)"/.exec(entry.arguments)?.[1];
    if (reason === undefined || path === undefined) continue;
    found.set(path, { path, kept: false, because: [reason.replace(/^you may/, 'the agent may')] });
  }
  return [...found.values()];
}
