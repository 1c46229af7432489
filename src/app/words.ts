import { titleOf } from '../config/progress.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { count } from '../lib/text.ts';
import { code, prose } from '../report/markdown.ts';
import { full } from '../report/verdict-text.ts';
import { isNotebook } from './read-trigger.ts';
import type { RunInput } from './run-input.ts';

/** What is said to people on GitHub: Markdown in which foreign text is neutralised. */

const CELLS = 'Cells are counted from 0, text cells included.';

/** Why a request is not followed: the sender may not ask. */
export function senderRefusal(login: string, bot: boolean): string {
  if (bot)
    return `${code(login)} is a bot, and bots may not start a run here. Somebody with write access can.`;
  return `Sorry, ${code(login)}: only people with write access to this repository may ask Architect for something. One of them can start a run with the comment \`/architect run\`.`;
}

/** What commands there are. */
export const HELP = [
  'Architect turns a notebook into a Python package, proves that it computes what the notebook computed, and opens a pull request with it.',
  '',
  '| Command | What it does |',
  '| --- | --- |',
  '| `/architect run [PATH]` | Makes the package of a notebook. Without a path: the notebooks that this pull request changes, the one that this issue names, or the only one of the repository. |',
  '| `/architect run --dry-run` | Does the work and changes nothing on GitHub: no answer comes here, not even a refusal; what came of it stands in the log of the server. |',
  '| `/architect run --target NAME` | Makes the package about the model with that name in the notebook. |',
  '| `/architect status` | Says what waits, runs and ended in this repository. |',
  '| `/architect help` | Says this. |',
  '',
  'The label `productionize` on an issue or a pull request does the same as `/architect run`. A command stands at the start of a new comment, and only those of people with write access are followed.',
].join('\n');

/** A command that was not understood. */
export function unclearAnswer(message: string): string {
  return `${message} \`/architect help\` lists the commands.`;
}

/** Heading of a run in a comment: the notebook at its commit. */
export function runHeading({ notebook, sha }: RunInput): string {
  return `**${code(notebook, 200)}** at ${sha.slice(0, 7)}`;
}

/** The same is already being made for somebody else. */
export function joinedText(input: RunInput): string {
  const where = input.thread === null ? 'its check shows how far it is' : `see #${input.thread}`;
  return `${runHeading(input)} is already being worked on: ${where}.`;
}

/** A run that waits for its turn. */
export function queuedText(): string {
  return '🕓 Waits for its turn.';
}

/** A step that is over. */
export interface PastStep {
  name: string;
  /** Why what it is for was not done. */
  leftOut?: string | undefined;
}

/** Where the App does another thing than the command line. */
const TITLES: Record<string, string> = { fetch: 'Read the repository', publish: 'Open the pull request' };

const stepTitle = (name: string): string => TITLES[name] ?? titleOf(name);

/** What a run does now, in few words. */
export function progressTitle(past: readonly PastStep[], current: string | undefined): string {
  if (current !== undefined) return stepTitle(current);
  return past.length === 0 ? 'Starts' : 'Goes on';
}

/** A run under way: what was done, what was left out, and what is done now. */
export function progressText(past: readonly PastStep[], current: string | undefined, detail: string): string {
  const more = detail === '' ? '' : `: ${prose(detail, 200)}`;
  const done = past.filter(({ leftOut }) => leftOut === undefined).map(({ name }) => `✓ ${stepTitle(name)}`);
  const reasons = new Set(past.flatMap(({ leftOut }) => leftOut ?? []));
  const left = [...reasons].map((reason) => {
    const titles = past.filter(({ leftOut }) => leftOut === reason).map(({ name }) => `– ${stepTitle(name)}`);
    return `${titles.join(' · ')}: left out, because ${reason}.`;
  });
  return [`⏳ ${progressTitle(past, current)}${more} …`, done.join(' · '), ...left]
    .filter((line) => line !== '')
    .join('\n\n');
}

/** A run that a restart of the server interrupts. */
export function pausedText(): string {
  return '⏸ The server restarts. The run goes on by itself where it stopped.';
}

/** Why no package was made: each reason with its place and what to do. */
export function refusedText(diagnostics: readonly Diagnostic[]): string {
  const stops = diagnostics.filter(({ severity }) => severity === 'refused');
  const shared = stops.length > 1 && stops.every(({ help }) => help === stops[0]?.help);
  const lines = stops.slice(0, 10).map((stop) => {
    const help = shared ? '' : ` ${full(prose(stop.help))}`;
    return `- ${placeOf(stop)}: ${full(prose(withoutPlace(stop)))}${help}`;
  });
  const cells = stops.some(({ cell }) => cell !== undefined) ? `\n\n${CELLS}` : '';
  const more = stops.length > 10 ? `\n- and ${stops.length - 10} more` : '';
  const help = shared ? `\n\n${full(prose(stops[0]?.help ?? ''))}` : '';
  return `❌ No package was made, and nothing was written.\n\n${lines.join('\n')}${more}${help}${cells}`;
}

/** The line of a file of the package is no line of the cell that it comes from. */
function placeOf({ file, cell, line }: Diagnostic): string {
  const inCell = cell === undefined ? [] : [`cell ${cell}`];
  const inFile = line === undefined ? [] : [`line ${line}`];
  const places = isNotebook(file)
    ? [...inCell, ...inFile]
    : [...inFile, ...inCell.map((text) => `from ${text}`)];
  return [code(file, 200), ...places].join(', ');
}

/** A message for the terminal begins with the place. */
function withoutPlace({ file, line, message }: Diagnostic): string {
  const at = line === undefined ? file : `${file}:${line}`;
  if (!message.startsWith(at)) return message;
  const rest = message.slice(at.length).replace(/^ \(from cell \d+\)/, '');
  return /^:? /.test(rest) ? rest.replace(/^:? /, '') : message;
}

/** A failure that is not the notebook's. */
export function failedText(reference: string): string {
  return `❌ A failure of Architect's own ended the run; nothing was changed after it. Ask again with \`/architect run\`. If it fails again, the operator of the App finds the reason in its log under ${code(reference)}.`;
}

/** What is said of a pull request. */
interface PullState {
  number: number;
  draft: boolean;
}

/** The run ended with a pull request. GitHub makes a link of its number. */
export function madeText({ number, draft }: PullState, verdict: string): string {
  const words = draft ? `⚠️ The package is in #${number}, a draft.` : `✅ The package is in #${number}.`;
  return `${words}\n\n${verdict}`;
}

/** The same in one line. */
export function madeResult({ number, draft }: PullState, verified: boolean): string {
  return `#${number} (${draft ? 'draft, ' : ''}${verified ? 'verified' : 'not verified'})`;
}

/** What a run that writes nothing to GitHub would have written: for the log. */
export function dryRunText(paths: readonly string[], branch: string, verdict: string): string {
  return `dry run: ${count(paths.length, 'file')} would go to ${branch}; verdict: ${verdict}`;
}
