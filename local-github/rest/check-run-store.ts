import type { Repository } from '../repositories.ts';

export interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column: number | null;
  end_column: number | null;
  annotation_level: string;
  title: string | null;
  message: string;
  raw_details: string | null;
  blob_href: string;
}

export interface CheckRunState {
  id: number;
  repository: Repository;
  headSha: string;
  name: string;
  /** ISO 8601: what was given, or when it was made. */
  startedAt: string;
  /** Appended to by every update. */
  annotations: Annotation[];
}

/** Every check run that was made. emulate knows the rest of it, and replaces annotations instead of appending. */
export class CheckRuns {
  readonly all: CheckRunState[] = [];

  find(repository: Repository, id: number): CheckRunState | undefined {
    return this.all.find((run) => run.repository === repository && run.id === id);
  }
}
