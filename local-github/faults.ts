/** What goes wrong with a request. */
export interface Fault {
  /** Any by default. */
  method?: string;
  /** Matched against the path without `/api/v3`, and against `/OWNER/REPO.git/...` for git. */
  path: RegExp;
  /** How often. Once by default. */
  times?: number;
  /** How many matching requests pass first. */
  skip?: number;
  /** 502 by default. */
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  delayMs?: number;
  /** Closes the connection without an answer. */
  hangup?: boolean;
  /** The request is carried out first: the case that makes duplicates. */
  after?: boolean;
}

/** Takes the fault that this request meets, if any, and uses it up by one. */
export function takeFault(faults: Fault[], method: string, path: string): Fault | undefined {
  for (const fault of faults) {
    const left = fault.times ?? 1;
    if (left <= 0 || (fault.method !== undefined && fault.method !== method) || !fault.path.test(path))
      continue;
    if (fault.skip !== undefined && fault.skip > 0) {
      fault.skip -= 1;
      continue;
    }
    fault.times = left - 1;
    return fault;
  }
  return undefined;
}
