/** Where an event happened. */
export interface Place {
  installation: number;
  /** GitHub's number of the repository. */
  repository: number;
  owner: string;
  repo: string;
  defaultBranch: string;
}

/** `OWNER/REPO`, for the log. */
export function fullName({ owner, repo }: Pick<Place, 'owner' | 'repo'>): string {
  return `${owner}/${repo}`;
}

/** What somebody wants. */
export type Wish =
  | { kind: 'run'; notebook: string | null; target: string | null; dryRun: boolean }
  | { kind: 'help' }
  | { kind: 'status' }
  /** A command that is not understood, with what to say about it; not to be said on GitHub where a dry run was meant. */
  | { kind: 'unclear'; message: string; dryRun: boolean };

/** Where the notebook is looked for. */
export type Subject =
  /** In the text of an issue, else in the default branch. */
  | { kind: 'issue'; text: string }
  /** Among what a pull request changes; `sha` is known where the event names it. */
  | { kind: 'pull'; number: number; sha: string | null }
  /** Among what was pushed to the default branch. */
  | { kind: 'push'; sha: string; notebooks: string[] }
  /** The notebook of a check that is to run again. */
  | { kind: 'check'; check: number; sha: string; externalId: string };

/** Every check of ours at a commit: which ones these are has to be asked. */
export interface AllChecks {
  kind: 'all-checks';
  sha: string;
}

/** An event that asks for something. Plain JSON. */
export interface Trigger<S = Subject> {
  /** What happened, once: the same for a webhook that arrives twice. */
  event: string;
  place: Place;
  sender: { login: string; bot: boolean };
  /** The issue or pull request to answer in; null: there is only the check. */
  thread: number | null;
  /** The comment that asked. */
  comment: number | null;
  wish: Wish;
  subject: S;
}

/** An event as it is stored. */
export type AnyTrigger = Trigger<Subject | AllChecks>;

/** What is asked, by whom and where, for the log. */
export function requestFields({ event, place, sender, thread, wish }: AnyTrigger): object {
  return { repository: fullName(place), thread, event, sender: sender.login, wish };
}

/** An event that asks for nothing, and why. */
export interface Ignored {
  ignored: string;
}
