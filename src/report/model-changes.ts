import type { ModelChanges, ModelStep } from '../gate/model-changes.ts';
import { count, duration } from '../lib/text.ts';
import { type ReportFacts, shownPath } from './facts.ts';
import { code, counted, prose, sentence, table } from './markdown.ts';

/** Rows that stand unfolded, where there is room; and where there is none. */
const MOST_ROWS = 8;
const LEAST_ROWS = 2;
/** Lines of the section besides its rows. */
const FRAME = 9;
const HEAD = ['Step', 'File', 'Verdict', 'What, or why'];

/**
 * What the model changed: the lines of its section, none where no model was configured, and the rows that have no room in it.
 *
 * @param room - Lines that there are for the section.
 */
export function modelSection(facts: ReportFacts, room: number): { shown: string[]; rest: string[][] } {
  const { model } = facts;
  if (model === undefined) return { shown: [], rest: [] };
  if (model.notAsked !== null)
    return { shown: [`${code(model.model)} was not asked: ${prose(model.notAsked)}.`], rest: [] };
  const rows = rowsOf(facts, model);
  const shown = rows.slice(0, Math.max(LEAST_ROWS, Math.min(MOST_ROWS, room - FRAME)));
  const rest = rows.slice(shown.length);
  return {
    shown: [
      introduction(model),
      ...(rows.length === 0 ? [] : ['', ...table(HEAD, shown)]),
      ...(rest.length > 0
        ? [
            '',
            `${count(rest.length, 'more line')} ${rest.length === 1 ? 'stands' : 'stand'} under "The model, continued".`,
          ]
        : []),
    ],
    rest,
  };
}

/** What has no room above, and what the model says itself. */
export function modelDetails(
  { model }: ReportFacts,
  rows: string[][],
): { intro: string[]; head: string[]; rows: string[][] } {
  if (model === undefined) return { intro: [], head: [], rows: [] };
  const words = model.steps
    .filter(({ summary }) => summary !== '')
    .map(({ step, summary }) => `- In the words of the model, on ${code(step)}: ${prose(summary, 2_000)}`);
  const notices = [...new Set(model.steps.flatMap((step) => step.notices))].map(
    (notice) => `- ${sentence(prose(notice))}`,
  );
  return { intro: [...words, ...notices], head: HEAD, rows };
}

function introduction({ model, steps, usage, proofs }: ModelChanges): string {
  const asked = steps.filter((step) => step.asked > 0);
  const files = steps.flatMap((step) => step.files);
  const kept = files.filter((file) => file.kept).length;
  const { requests, promptTokens, completionTokens, estimated, cost, seconds } = usage;
  const tokens = `${(promptTokens + completionTokens).toLocaleString('en-US')} tokens${estimated ? ' (partly estimated)' : ''}`;
  const money = cost === null ? 'no prices are known' : `${cost.toFixed(4)} at the prices of the operator`;
  const again =
    proofs === 0
      ? ''
      : ` The proof was run ${proofs === 1 ? 'once' : `${String(proofs)} times`} more for it.`;
  const outcome =
    files.length === 0
      ? ' and changed nothing'
      : `; of the files that it wrote: ${String(kept)} kept, ${String(files.length - kept)} dropped`;
  return (
    `${code(model)} was asked about ${counted(asked.length, 'step')}${outcome}. ` +
    `It took ${count(requests, 'request')}, ${tokens}, ${money}, ${duration(seconds * 1000)}.${again}` +
    (kept === 0 ? ' The package is the compiler’s own.' : ' All else is the compiler’s own.')
  );
}

function rowsOf(facts: ReportFacts, { steps }: ModelChanges): string[][] {
  const files = steps.flatMap((step) =>
    step.files.map(({ path, kept, because }) => [
      code(step.step),
      code(shownPath(facts, path)),
      kept ? 'kept' : '**dropped**',
      because.map((reason) => prose(reason)).join('; '),
    ]),
  );
  const ends = steps
    .filter(({ end }) => end !== 'finished')
    .map((step) => [code(step.step), '-', endText(step), prose(step.reason ?? '')]);
  const isKept = (row: string[]): boolean => row[2] === 'kept';
  return [...files.filter(isKept), ...ends, ...files.filter((row) => !isKept(row))];
}

/** How a proposal ended that changes nothing. */
function endText({ end }: ModelStep): string {
  switch (end) {
    case 'refused':
      return 'refused by the model';
    case 'malformed':
      return 'no answer that could be read';
    case 'budget':
      return 'out of budget';
    case 'unreachable':
      return 'no answer';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'not asked';
  }
}
