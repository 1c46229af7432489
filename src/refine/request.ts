import type { Agent, AgentRole, RunTests, TranscriptEntry } from '../agents/agent.ts';
import type { GuardContext } from '../guardrails/check-tree.ts';
import type { FileTree } from '../lib/file-tree.ts';
import type { Notebook } from '../notebook/notebook.ts';
import type { Verified } from '../verify/verify.ts';

/** A step of the pipeline that a model is asked about. Plain JSON. */
export interface AgentStep {
  name: string;
  role: AgentRole;
  /** The team's words; null: our own. */
  task: string | null;
}

/** What a team and its operator say about the model of a run. */
export interface ModelRequest {
  /** As the repository calls it, for the report. */
  name: string;
  /** In their order. */
  steps: AgentStep[];
  /** What the team wants of code; null where it says nothing. */
  conventions: string | null;
}

/** What is to be made better. */
export interface RefineRequest extends ModelRequest {
  /** The compiler's package with its proof: what stands wherever the gate says no. */
  compiled: Verified;
  guard: GuardContext;
  notebook: Notebook;
  plan: string;
  /** What is known about the notebook, as sentences. */
  diagnostics: string[];
}

/** What a refinement works with. */
export interface RefinePorts {
  agent: Agent;
  /** The proof, as for the compiler's own package. */
  prove: (tree: FileTree) => Promise<Verified>;
  tryTests: RunTests;
  /** Keeps what was said, outside of the package. */
  keepTranscript: (step: string, transcript: readonly TranscriptEntry[]) => void;
  signal: AbortSignal | undefined;
  say: (text: string) => void;
}
