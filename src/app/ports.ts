import type { ModelSettings } from '../config/model-settings.ts';
import type { GithubApp } from '../github/github-app.ts';
import type { Log } from '../lib/logger.ts';
import type { Outcome, Ports, RunRequest } from '../pipeline.ts';
import type { Queue } from '../runs/queue.ts';
import type { Step } from '../runs/step.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { RunInput } from './run-input.ts';
import type { AnyTrigger } from './trigger.ts';

/** The pipeline as the App sees it: `productionize`, or another in tests. */
export type Pipeline = (request: RunRequest, ports: Ports, step: Step) => Promise<Outcome>;

/** What every part of the App works with. */
export interface AppPorts {
  github: GithubApp;
  log: Log;
  /** Where git clones from: `https://github.com`. */
  gitUrl: string;
  events: Queue<AnyTrigger>;
  runs: Queue<RunInput>;
  pipeline: Pipeline;
  /** Null: no code of notebooks is run. */
  sandbox: Sandbox | null;
  /** Which models repositories may name; null: none is asked. */
  models: ModelSettings | null;
  /** Folder of jobs, steps and clones. */
  state: string;
  /** Of Architect's own code: stored steps hold for the same code only. */
  version: string;
  /** Milliseconds between two edits of a progress comment. */
  editEvery: number;
}
