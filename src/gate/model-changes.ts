import type { AgentEnd, AgentRole, AgentUsage } from '../agents/agent.ts';
import type { FileVerdict } from './judgement.ts';

/** What a model was asked, what it changed, and what that cost. Plain JSON; all words in it are foreign. */
export interface ModelChanges {
  /** As the repository calls it. */
  model: string;
  steps: ModelStep[];
  usage: AgentUsage;
  /** How often the proof was run for it, besides the compiler's own. */
  proofs: number;
  /** Why nothing was asked; null where something was. */
  notAsked: string | null;
}

/** One step of the pipeline that a model was asked about. */
export interface ModelStep {
  step: string;
  role: AgentRole;
  /** Number of proposals, repairs included; 0: it was not asked. */
  asked: number;
  /** How the last proposal ended; null: it was not asked. */
  end: AgentEnd | null;
  /** Why it ended otherwise than finished, or was not asked. */
  reason: string | null;
  /** The model's own words. */
  summary: string;
  files: FileVerdict[];
  /** What it was not shown as it is. */
  notices: string[];
}
