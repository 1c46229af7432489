import { z } from 'zod';
import { parseCommand } from './command.ts';
import type { Check } from '../github/checks.ts';
import type { AnyTrigger, Ignored, Place, Trigger, Wish } from './trigger.ts';

/** The label that asks for a run. */
export const LABEL = 'productionize';
/** Our branches start with it. */
export const BRANCH_PREFIX = 'architect/';

const common = {
  installation: z.object({ id: z.number() }),
  repository: z.object({
    id: z.number(),
    name: z.string(),
    default_branch: z.string(),
    owner: z.object({ login: z.string() }),
  }),
  sender: z.object({ login: z.string(), type: z.string().optional() }),
};
const issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  updated_at: z.string(),
  pull_request: z.unknown().optional(),
});
const labelled = z.object({ ...common, label: z.object({ name: z.string() }).optional(), issue });
const labelledPull = z.object({
  ...common,
  label: z.object({ name: z.string() }).optional(),
  pull_request: z.object({
    number: z.number(),
    updated_at: z.string(),
    head: z.object({ ref: z.string(), sha: z.string() }),
  }),
});
const commented = z.object({
  ...common,
  issue,
  comment: z.object({ id: z.number(), body: z.string() }),
});
const files = z.array(z.string()).optional();
const pushed = z.object({
  ...common,
  ref: z.string(),
  after: z.string(),
  deleted: z.boolean().optional(),
  commits: z.array(z.object({ added: files, modified: files, removed: files })).optional(),
});
const rerun = z.object({
  ...common,
  check_run: z.object({
    id: z.number(),
    head_sha: z.string(),
    external_id: z.string().nullish(),
    completed_at: z.string().nullish(),
    app: z.object({ id: z.number() }).nullish(),
  }),
});
const rerunAll = z.object({
  ...common,
  check_suite: z.object({
    id: z.number(),
    head_sha: z.string(),
    updated_at: z.string().nullish(),
    app: z.object({ id: z.number() }).nullish(),
  }),
});

type Common = z.infer<z.ZodObject<typeof common>>;

const RUN: Wish = { kind: 'run', notebook: null, target: null, dryRun: false };

/** Who we are: a check of another App is none of ours. */
export interface Self {
  appId: number;
}

/**
 * What an event of GitHub asks for.
 * @param name with its action: `issues.labeled`, `push`
 */
export function readTrigger(name: string, payload: unknown, self: Self): AnyTrigger | Ignored {
  const readers: Record<string, (payload: unknown, self: Self) => AnyTrigger | Ignored> = {
    'issues.labeled': readIssueLabel,
    'pull_request.labeled': readPullLabel,
    'issue_comment.created': readComment,
    push: readPush,
    'check_run.rerequested': readRerun,
    'check_suite.rerequested': readRerunAll,
  };
  return readers[name]?.(payload, self) ?? { ignored: `${name} asks for nothing` };
}

/** The label on an issue; on a pull request it comes as another event. */
export function readIssueLabel(payload: unknown): Trigger | Ignored {
  const { issue, label, ...rest } = labelled.parse(payload);
  if (label?.name !== LABEL) return { ignored: 'another label' };
  if (issue.pull_request !== undefined && issue.pull_request !== null)
    return { ignored: 'the label of a pull request' };
  return {
    ...base(rest),
    event: `label:${issue.number}:${issue.updated_at}`,
    thread: issue.number,
    comment: null,
    wish: RUN,
    subject: { kind: 'issue', text: `${issue.title}\n${issue.body ?? ''}` },
  };
}

/** The label on a pull request: at the commit that is its head now. */
export function readPullLabel(payload: unknown): Trigger | Ignored {
  const { pull_request: pull, label, ...rest } = labelledPull.parse(payload);
  if (label?.name !== LABEL) return { ignored: 'another label' };
  if (pull.head.ref.startsWith(BRANCH_PREFIX)) return { ignored: 'our own pull request' };
  return {
    ...base(rest),
    event: `label:${pull.number}:${pull.head.sha}:${pull.updated_at}`,
    thread: pull.number,
    comment: null,
    wish: RUN,
    subject: { kind: 'pull', number: pull.number, sha: pull.head.sha },
  };
}

/** A command at the start of a new comment. An old comment that is edited later asks for nothing. */
export function readComment(payload: unknown): Trigger | Ignored {
  const { issue, comment, ...rest } = commented.parse(payload);
  const wish = parseCommand(comment.body);
  if (wish === undefined) return { ignored: 'no command' };
  const isPull = issue.pull_request !== undefined && issue.pull_request !== null;
  return {
    ...base(rest),
    event: `comment:${comment.id}`,
    thread: issue.number,
    comment: comment.id,
    wish,
    subject: isPull
      ? { kind: 'pull', number: issue.number, sha: null }
      : { kind: 'issue', text: `${issue.title}\n${issue.body ?? ''}` },
  };
}

/** Notebooks that a push to the default branch adds or changes; whether it is wanted says the repository's configuration. */
export function readPush(payload: unknown): Trigger | Ignored {
  const { ref, after, deleted, commits, ...rest } = pushed.parse(payload);
  if (ref !== `refs/heads/${rest.repository.default_branch}`) return { ignored: 'another branch' };
  if (deleted === true || /^0+$/.test(after)) return { ignored: 'the branch was deleted' };
  const changed = new Set<string>();
  for (const { added = [], modified = [], removed = [] } of commits ?? []) {
    for (const path of [...added, ...modified]) if (isNotebook(path)) changed.add(path);
    for (const path of removed) changed.delete(path);
  }
  if (changed.size === 0) return { ignored: 'no notebook changed' };
  return {
    ...base(rest),
    event: `push:${after}`,
    thread: null,
    comment: null,
    wish: RUN,
    subject: { kind: 'push', sha: after, notebooks: [...changed].sort() },
  };
}

/** "Re-run" at one of our checks. */
export function readRerun(payload: unknown, self: Self): Trigger | Ignored {
  const { check_run: check, ...rest } = rerun.parse(payload);
  if (isForeign(check, self)) return { ignored: "another App's check" };
  return rerunOf(base(rest), {
    id: check.id,
    sha: check.head_sha,
    externalId: check.external_id ?? '',
    completedAt: check.completed_at ?? null,
  });
}

/** What asks to run one check again. */
export function rerunOf({ place, sender }: Pick<Trigger, 'place' | 'sender'>, check: Check): Trigger {
  const { id, sha, externalId, completedAt } = check;
  return {
    place,
    sender,
    event: `check:${id}:${completedAt ?? ''}`,
    thread: null,
    comment: null,
    wish: RUN,
    subject: { kind: 'check', check: id, sha, externalId },
  };
}

/** "Re-run all checks" at a commit. */
export function readRerunAll(payload: unknown, self: Self): AnyTrigger | Ignored {
  const { check_suite: suite, ...rest } = rerunAll.parse(payload);
  if (isForeign(suite, self)) return { ignored: "another App's checks" };
  return {
    ...base(rest),
    event: `checks:${suite.id}:${suite.updated_at ?? ''}`,
    thread: null,
    comment: null,
    wish: RUN,
    subject: { kind: 'all-checks', sha: suite.head_sha },
  };
}

function isForeign({ app }: { app?: { id: number } | null | undefined }, { appId }: Self): boolean {
  return app !== undefined && app !== null && app.id !== appId;
}

/** Whether a path is a notebook that somebody wrote. */
export function isNotebook(path: string): boolean {
  return /\.ipynb$/i.test(path) && !path.split('/').includes('.ipynb_checkpoints');
}

function base({ installation, repository, sender }: Common): { place: Place; sender: Trigger['sender'] } {
  return {
    place: {
      installation: installation.id,
      repository: repository.id,
      owner: repository.owner.login,
      repo: repository.name,
      defaultBranch: repository.default_branch,
    },
    sender: { login: sender.login, bot: sender.type === 'Bot' || sender.login.endsWith('[bot]') },
  };
}
