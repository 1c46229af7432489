import type { Fault } from './faults.ts';
import type { Delivery, HookPlan } from './hooks/delivery.ts';
import type { RefChange } from './git/repository.ts';
import type { TraceEntry } from './trace.ts';

/** GitHub's `role_name`, from the most to the fewest rights. */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface OrganisationOptions {
  /** Login → role in the organisation. One must be `admin`; an admin of the organisation is admin of its repositories. */
  members: Record<string, 'admin' | 'member'>;
  /** What every member may do in every repository. `read` by default, as on GitHub. */
  basePermission?: 'none' | 'read' | 'write' | 'admin';
}

export interface RepositoryOptions {
  /** `OWNER/REPO`. The owner is a user or an organisation of the options. */
  name: string;
  private?: boolean;
  /** `main` by default. */
  defaultBranch?: string;
  /** The first commit of the default branch. Left out: the repository is empty. */
  files?: Files;
  collaborators?: Record<string, Role>;
}

/** Path → content. `null` deletes the path. */
export type Files = Record<string, string | Buffer | null>;

export interface AppOptions {
  id?: number;
  slug?: string;
  /** Permission → `read` or `write`. What `app.yml` asks for by default. */
  permissions?: Record<string, 'read' | 'write'>;
  /** The events that it gets, besides `installation` and `installation_repositories`. Those of `app.yml` by default. */
  events?: string[];
  /** The account it is installed on. The owner of the first repository by default. */
  account?: string;
  /** Full names of the repositories it may see. Every one of the account by default. */
  repositories?: string[];
}

export interface LocalGitHubOptions {
  /** Logins. Each gets a token. */
  users: string[];
  organisations?: Record<string, OrganisationOptions>;
  repositories: RepositoryOptions[];
  app?: AppOptions;
}

export interface CommitOptions {
  message?: string;
  /** The login that commits and pushes. The owner of the repository, or an admin of it, by default. */
  as?: string;
  /** Where a new branch starts. The default branch by default. */
  from?: string;
  /** Seconds since 1970. Now by default. */
  date?: number;
}

export interface PullOptions {
  /** `BRANCH`, or `OWNER:BRANCH` of a fork. */
  head: string;
  base?: string;
  title?: string;
  body?: string;
  draft?: boolean;
  as?: string;
}

/** A GitHub on this machine. */
export interface LocalGitHub {
  /** REST at `url/api/v3` (GHE_HOST), git at `url/OWNER/REPO.git`, pages of pull requests at `url/OWNER/REPO/pull/N`. */
  url: string;
  app: { id: number; privateKey: string; slug: string };
  installationId: number;
  webhookSecret: string;
  /** Login → token of that user. */
  tokens: Record<string, string>;

  /** Where the App's webhooks go from now on. Without it they are recorded and not sent. */
  deliverTo(url: string): void;
  /** Oldest first. */
  deliveries(): Delivery[];
  /** Sends it again, with the same GUID. */
  redeliver(guid: string): Promise<void>;
  /** Sends the next delivery of this event twice. */
  duplicateNext(event: string): void;
  /** Decides for each delivery whether it is dropped, sent twice or late. */
  hookPlan: HookPlan | undefined;
  /** Resolves with the first delivery, past or future, for which the condition holds; rejects after `timeoutMs` (20 000). */
  waitForDelivery(condition: (delivery: Delivery) => boolean, timeoutMs?: number): Promise<Delivery>;

  /** What goes wrong next: the first that matches a request is used up by it. */
  faults: Fault[];
  trace(): TraceEntry[];

  /** A REST call as this user, through the front door. The path is without `/api/v3`. */
  request<T>(
    login: string | undefined,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; data: T }>;
  /** A commit on a branch, made if it is not there; sends the events of a push. Resolves with the SHA. */
  commitFiles(repository: string, branch: string, files: Files, options?: CommitOptions): Promise<string>;
  /** Resolves with the number. */
  openPull(repository: string, options: PullOptions): Promise<number>;
  openIssue(repository: string, options: { title: string; body?: string; as?: string }): Promise<number>;
  /** Resolves with the id. */
  comment(repository: string, number: number, body: string, as?: string): Promise<number>;
  label(repository: string, number: number, label: string, as?: string): Promise<void>;
  /** Resolves with the fork's full name. */
  fork(repository: string, as: string): Promise<string>;
  /** The button "Re-run" on a check. */
  rerequestCheckRun(repository: string, checkRunId: number, as?: string): Promise<void>;
  /** "Re-run all checks" on a commit that has a check. */
  rerequestCheckSuite(repository: string, sha: string, as?: string): Promise<void>;
  /** A button that a check shows. */
  pressCheckAction(repository: string, checkRunId: number, identifier: string, as?: string): Promise<void>;
  /** Installs, removes, suspends or unsuspends the App, with its event: no token works while it is not there. */
  setInstallation(action: 'created' | 'deleted' | 'suspend' | 'unsuspend'): Promise<void>;
  /** Gives the App a repository of its account, or takes it away, with the event. */
  setInstalled(repository: string, installed: boolean): Promise<void>;
  /** The text of a file, `undefined` where it is not there. */
  readFile(repository: string, ref: string, path: string): Promise<string | undefined>;
  /** Branch → SHA. */
  branches(repository: string): Promise<Record<string, string>>;
  /** Makes an installation token as old as if its hour were over. */
  expireToken(token: string): void;

  /** Leaves no process, port or folder behind. */
  close(): Promise<void>;
}

/** Says what became of a ref, and who did it. */
export type RefListener = (change: RefChange) => Promise<void>;
