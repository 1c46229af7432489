import type { Repository } from '../repositories.ts';

/** What git knows of a pull request and emulate does not. */
export interface PullState {
  number: number;
  nodeId: string;
  repository: Repository;
  headRepository: Repository;
  headBranch: string;
  baseBranch: string;
  open: boolean;
  /** The last commit of the head while it was open. */
  headSha: string;
  /** Where the base was when it was closed. */
  closedBaseSha: string | undefined;
  mergeCommit: string | undefined;
}

/** Every pull request that was opened. */
export class PullStates {
  readonly all: PullState[] = [];
  /** Commits that GitHub would have signed. */
  readonly signed = new Set<string>();

  find(repository: Repository, number: number): PullState | undefined {
    return this.all.find((pull) => pull.repository === repository && pull.number === number);
  }

  /** The open ones whose head is this branch. */
  from(repository: Repository, branch: string): PullState[] {
    return this.all.filter(
      (pull) => pull.open && pull.headRepository === repository && pull.headBranch === branch,
    );
  }
}
