import type { RepositoryConfig } from '../config/repository-config.ts';
import { endCheck, openCheck, readLatestChecks } from '../github/checks.ts';
import { type GithubClient, statusOf } from '../github/client.ts';
import { acknowledge, type Thread } from '../github/comments.ts';
import { ANNOUNCE, READ, READ_CHECKS } from '../github/github-app.ts';
import { mayWrite } from '../github/repository.ts';
import { messageOf } from '../lib/errors.ts';
import { announce } from './announce.ts';
import type { AppPorts } from './ports.ts';
import { readConfig } from './read-config.ts';
import { readScene, resolveRuns } from './resolve.ts';
import { type RunInput, runJobOf } from './run-input.ts';
import { statusText } from './status.ts';
import { writeAnswer } from './thread-comment.ts';
import { rerunOf } from './read-trigger.ts';
import { type AnyTrigger, requestFields, type Trigger } from './trigger.ts';
import { HELP, joinedText, senderRefusal, unclearAnswer } from './words.ts';

/** What is done about a trigger. */
type Decision =
  | { kind: 'ignore'; why: string }
  | { kind: 'answer'; key: string; text: string }
  | { kind: 'run'; runs: RunInput[] };

/**
 * Takes an event in: decides whether its sender may ask, and what is meant; answers at once, and puts the runs into the queue.
 * @returns what was done, for the log
 */
export async function takeIn(trigger: AnyTrigger, ports: AppPorts): Promise<string> {
  const { place, subject } = trigger;
  const { github } = ports;
  if (subject.kind !== 'all-checks') return takeInOne({ ...trigger, subject }, ports);
  const checks = await github.withToken(
    place,
    READ_CHECKS,
    ({ client }) => readLatestChecks(client, place, subject.sha, github.appId),
    true,
  );
  const results: string[] = [];
  for (const check of checks) results.push(await takeInOne(rerunOf(trigger, check), ports));
  return `all checks again: ${results.join('; ')}`;
}

async function takeInOne(trigger: Trigger, ports: AppPorts): Promise<string> {
  const { place } = trigger;
  const { github } = ports;
  if (trigger.sender.login.toLowerCase() === (await github.login()).toLowerCase()) return 'our own doing';
  const decision = await github.withToken(place, READ, ({ client }) => decide(client, trigger, ports), true);
  if (decision.kind === 'ignore') return decision.why;
  const thread = threadOf(trigger);
  const silent = 'dryRun' in trigger.wish && trigger.wish.dryRun;
  if (decision.kind === 'answer') {
    if (silent) {
      ports.log.warn(requestFields(trigger), `dry run refused: ${decision.text}`);
      return 'a dry run was refused';
    }
    const login = await github.login();
    await github.withToken(place, ANNOUNCE, async ({ client }) => {
      if (thread !== null) await writeAnswer(client, thread, login, decision.key, decision.text);
      else await answerInCheck(client, trigger, decision.text);
    });
    return trigger.wish.kind === 'run' ? `not started: ${decision.text}` : 'answered';
  }
  const added = decision.runs.map((run) => ports.runs.add(runJobOf(trigger.event, run), true));
  const fresh = added.filter(({ kind, job }) => kind === 'added' || job.state === 'held');
  try {
    if (!silent) {
      await github.withToken(place, ANNOUNCE, async ({ client }) => {
        if (thread !== null) await notice(client, thread, trigger, ports);
        const login = await github.login();
        for (const { job } of fresh) await announce(client, job, login);
        const elsewhere = added.filter(
          ({ kind, job }) => kind === 'joined' && job.input.thread !== trigger.thread,
        );
        if (thread !== null && elsewhere.length > 0) {
          const text = elsewhere.map(({ job }) => joinedText(job.input)).join('\n');
          await writeAnswer(client, thread, login, `answer:${trigger.event}`, text);
        }
      });
    }
  } finally {
    // What could not be announced now, the run announces itself.
    for (const { job } of fresh) ports.runs.release(job.id);
  }
  return `${fresh.length} of ${decision.runs.length} runs added`;
}

/** 👀 is for show: whoever deletes the comment at once, or locks the issue, is answered all the same. */
async function notice(
  client: GithubClient,
  thread: Thread,
  trigger: Trigger,
  { log }: AppPorts,
): Promise<void> {
  try {
    await acknowledge(client, thread, trigger.comment);
  } catch (error) {
    if ((statusOf(error) ?? 500) >= 500) throw error;
    log.warn(requestFields(trigger), `no reaction was given: ${messageOf(error)}`);
  }
}

async function decide(client: GithubClient, trigger: Trigger, ports: AppPorts): Promise<Decision> {
  const { place, sender, wish, subject } = trigger;
  const refuse = (text: string): Decision => ({ kind: 'answer', key: `refused:${sender.login}`, text });
  const answer = (text: string): Decision => ({ kind: 'answer', key: `answer:${trigger.event}`, text });
  if (subject.kind === 'push') {
    // Where nobody asked for pushes, nobody is told who may push.
    const { config } = await readConfig(client, place, place.defaultBranch);
    if (!config.on.push)
      return { kind: 'ignore', why: 'pushes start no run: `.architect.yaml` has no `on: push`' };
  }
  if (sender.bot) return refuse(senderRefusal(sender.login, true));
  if (!(await mayWrite(client, place, sender.login))) return refuse(senderRefusal(sender.login, false));
  if (wish.kind === 'help') return answer(HELP);
  if (wish.kind === 'unclear') return answer(unclearAnswer(wish.message));
  if (wish.kind === 'status') return answer(statusText(ports.runs.list(), place.repository));
  const scene = await readScene(client, trigger);
  if ('refused' in scene) return answer(scene.refused);
  const { config } = await readConfig(client, place, scene.configBranch);
  const off = switchedOff(trigger, config);
  if (off !== undefined) return answer(off);
  const resolved = await resolveRuns(client, { ...trigger, wish }, scene, config);
  if ('refused' in resolved) return answer(resolved.refused);
  return { kind: 'run', runs: resolved.runs };
}

/** Where there is no issue and no pull request to answer in: the check that was to run again, or one on the commit. */
async function answerInCheck(
  client: GithubClient,
  { place, subject, event }: Trigger,
  text: string,
): Promise<void> {
  if (subject.kind !== 'check' && subject.kind !== 'push') return;
  const words = { title: 'No run was started', summary: text };
  const id =
    subject.kind === 'check'
      ? subject.check
      : await openCheck(
          client,
          { owner: place.owner, repo: place.repo, sha: subject.sha, name: 'architect', externalId: event },
          words,
        );
  const conclusion = subject.kind === 'check' ? 'action_required' : 'neutral';
  await endCheck(client, place, id, { conclusion, text: words, annotations: [] });
}

/** What `on` in the configuration turns off. A file that cannot be read turns nothing off: the run then says what is wrong with it. */
function switchedOff({ comment, thread }: Trigger, { on }: RepositoryConfig): string | undefined {
  if (comment !== null)
    return on.comment ? undefined : 'Commands are turned off in `.architect.yaml` (`on.comment`).';
  if (thread !== null)
    return on.label ? undefined : 'The label is turned off in `.architect.yaml` (`on.label`).';
  return undefined;
}

function threadOf({ place, thread }: Trigger): Thread | null {
  return thread === null ? null : { owner: place.owner, repo: place.repo, number: thread };
}
