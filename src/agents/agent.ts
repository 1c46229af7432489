/** The contract of the model's side: it is shown a package and gives a proposal. It writes nothing; the gate decides. */
import type { FileTree } from '../lib/file-tree.ts';

/** A build agent writes code, a test agent only tests, a review agent nothing. */
export type AgentRole = 'build' | 'test' | 'review';

/** What an agent is asked for. Plain JSON. */
export interface AgentTask {
  /** Name of the pipeline's step. */
  step: string;
  role: AgentRole;
  /** The pipeline file's words for this step; null: the built-in task. */
  task: string | null;
  /** The team's conventions that only a model can honour (text of `.architect.md`); null: none. */
  conventions: string | null;
  /** The compiler's tree so far; in a repair round, the proposal to be repaired. */
  tree: FileTree;
  /** Without outputs and metadata. */
  notebook: { path: string; cells: { index: number; kind: string; code: string }[] };
  /** EXTRACTION_PLAN.md */
  plan: string;
  diagnostics: string[];
  /** What the gate or the tests said of the last proposal, in a repair round. */
  failures: string[];
  /** What the run has used before this proposal: budgets are of a run, and a stored step knows what it cost. */
  spent: AgentUsage;
}

/** What was used, by a proposal or by a run. */
export interface AgentUsage {
  requests: number;
  promptTokens: number;
  completionTokens: number;
  /** Whether some tokens were not counted by the server, but estimated from the length of the text. */
  estimated: boolean;
  /** Null: the operator gave no prices. */
  cost: number | null;
  seconds: number;
}

/** How a proposal ended. Only `finished` changes the tree. */
export type AgentEnd = 'finished' | 'refused' | 'malformed' | 'budget' | 'unreachable' | 'cancelled';

/** What an agent gives back. Plain JSON; every text in it is foreign, without secrets and invisible characters. */
export interface Proposal {
  end: AgentEnd;
  /** Why it ended otherwise than `finished`, in words for the report. */
  reason: string | null;
  /** The task's own tree, unless the agent finished. */
  tree: FileTree;
  /** The model's words about what it did, or its review. */
  summary: string;
  usage: AgentUsage;
  transcript: TranscriptEntry[];
  /** What the model was not shown as it is: characters that cannot be seen, cells that were too long. */
  notices: string[];
}

/** One thing that happened. Texts are cut; `characters` counts the whole. */
export type TranscriptEntry =
  | { kind: 'message'; role: 'system' | 'user'; text: string; characters: number }
  | { kind: 'answer'; text: string; characters: number; calls: number; usage: AgentUsage }
  | { kind: 'tool'; name: string; arguments: string; ok: boolean; text: string; characters: number }
  /** A request that failed: what happened, and in how many milliseconds it is tried again; null: not again. */
  | { kind: 'failure'; reason: string; again: number | null };

/** Improves a package. Never throws for what a model or its server does. */
export interface Agent {
  propose(task: AgentTask, runTests: RunTests | null, signal?: AbortSignal): Promise<Proposal>;
}

/** Runs pytest over a tree in the sandbox, for a test agent and in the step `test`, and gives its output; the gate's side brings it. */
export type RunTests = (tree: FileTree, signal?: AbortSignal) => Promise<string>;

/** Where a model is. The operator says so, never a repository. */
export interface ModelEndpoint {
  /** As the server calls it: `gpt-4.1`. */
  model: string;
  /** Up to and with the version: `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Null: a server that asks for none. */
  apiKey: string | null;
  /** Money for a million tokens; null: not known. */
  prices: { prompt: number; completion: number } | null;
}

/** Budgets of a whole run, over all its proposals. */
export interface AgentBudget {
  requests: number;
  tokens: number;
  /** Null: no limit. A limit needs prices. */
  cost: number | null;
  seconds: number;
}
