import { count, duration } from '../src/lib/text.ts';
import { renderForTerminal } from '../src/report/terminal.ts';
import { drawTree } from './file-tree.ts';
import type { Answer, PullRequest } from './pull-request.ts';
import { say, terminal, title } from './screen.ts';

/** Shows a pull request as its page does: head, body, commits, files. */
export function showPullRequest(pull: PullRequest): void {
  say('');
  say(title(`The pull request: ${pull.title}`));
  say(
    `${pull.draft ? 'Draft' : 'Open'}: ${pull.base} ← ${pull.branch}   ${pull.labels.map((label) => `[${label}]`).join(' ')}`,
  );
  say(pull.url);
  say('');
  say(title('Its body'));
  process.stdout.write(renderForTerminal(pull.body, terminal()));
  say('');
  say(title(count(pull.commits.length, 'commit')));
  for (const { sha, message } of pull.commits) say(`  ${sha.slice(0, 7)}  ${message}`);
  say('');
  say(title(count(pull.files.length, 'file')));
  drawTree(pull.files.map(({ path, bytes }) => [path, bytes]));
  say('');
}

/** Shows what the author of the notebook gets to see on the pull request that asked. */
export function showAnswer({ checks, comments }: Answer, number: number): void {
  say('');
  say(title(`Back on #${number}: ${count(checks.length, 'check')}, ${count(comments.length, 'comment')}`));
  for (const { name, conclusion, title: text, annotations } of checks)
    say(`  ${conclusion}  ${name}: ${text} (${count(annotations, 'annotation')} on the notebook's lines)`);
  for (const body of comments) {
    say('');
    process.stdout.write(renderForTerminal(body, terminal()));
  }
  say('');
}

/** What came of it, in two lines. */
export function summary(pull: PullRequest, milliseconds: number): string {
  const state = pull.draft
    ? 'The pull request is a draft: its package is not verified, and its first line says why.'
    : 'The pull request is ready to be merged: its package is verified.';
  return `${title('In short')}\n${state}\n${count(pull.commits.length, 'commit')}, ${count(pull.files.length, 'file')}, ${duration(milliseconds)} from start to end.`;
}
