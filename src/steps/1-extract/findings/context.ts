/** What the rules for findings look at, and how they say what they found. */

import type { Notebook } from '../../../notebook/notebook.ts';
import type { Extraction, Finding } from '../extraction.ts';
import type { Flow, NotebookFlow } from '../flow.ts';
import type { Model } from '../models.ts';
import type { OlderRelease } from '../older-release.ts';
import type { Relocation } from '../relocate.ts';
import type { Score } from '../scores.ts';
import type { Choice } from '../target.ts';

/** Everything that is known when the findings are made. */
export interface FindingContext {
  notebook: Notebook;
  flow: NotebookFlow;
  models: readonly Model[];
  scores: readonly Score[];
  choice: Choice | null;
  extraction: Extraction;
  sources: readonly { path: string }[];
  relocations: readonly Relocation[];
  older: readonly OlderRelease[];
}

/** One rule: reads, and says what it found. */
export type Rule = (context: FindingContext) => Finding[];

/** A finding at a statement. */
export function at(
  { statement }: Flow,
  { extraction }: FindingContext,
  finding: Pick<Finding, 'code' | 'severity' | 'message' | 'advice'>,
): Finding {
  const kept = extraction.statements[statement.id]?.kept === true;
  return { ...finding, cell: statement.cell, line: statement.line, kept, statement: statement.id };
}

/** Names in backticks, the last joined by `and`. */
export function list(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).map((name) => `\`${name}\``);
  if (names.length > most) shown.push('others');
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** Names of the notebook's functions, classes and imports are no variables. */
export function isVariable(name: string, flow: Flow, { flow: notebook }: FindingContext): boolean {
  const things = [...(flow.seen.get(name) ?? [])].map((id) => notebook.memory.thing(id));
  return things.length > 0 && things.every(({ module, code }) => !module && code === undefined);
}

/** Statements that cut rows into parts: `train_test_split` and `random_split`, not a shuffle of all rows. */
export function findSplits({ flow }: FindingContext): Flow[] {
  return flow.flows.filter(
    ({ statement, calls }) =>
      statement.kind === 'assignment' &&
      statement.defines.length >= 2 &&
      calls.some(({ facts }) => facts?.role === 'split'),
  );
}
