import type { AgentTask, Proposal, RunTests } from '../agents/agent.ts';
import { addUsage, NO_USAGE } from '../agents/usage.ts';
import type { Gate, Judgement } from '../gate/judge.ts';
import type { FileVerdict } from '../gate/judgement.ts';
import type { ModelStep } from '../gate/model-changes.ts';
import { messageOf } from '../lib/errors.ts';
import type { FileTree } from '../lib/file-tree.ts';
import type { Step } from '../runs/step.ts';
import { refusedWrites } from './refused-writes.ts';
import type { AgentStep, RefinePorts, RefineRequest } from './request.ts';

/** So often may an agent mend what the gate refused of one proposal. */
const REPAIRS = 1;

/** What an agent gave for a step, as far as the cheap half of the gate let it pass. */
export interface Answer {
  step: AgentStep;
  /** Before it, and after. */
  before: FileTree;
  tree: FileTree;
  /** What the agent gave, whatever became of it: what it mends, if it is asked to. */
  proposed: FileTree;
  /** What the gate said of it: what its tools refused, the agent knows. */
  refusals: string[];
  result: ModelStep;
}

/** What an agent is to mend. */
interface Repair {
  proposed: FileTree;
  failures: string[];
}

/** Asks agents, and holds each answer to the gate. */
export class Asker {
  usage = NO_USAGE;
  readonly #request: RefineRequest;
  readonly #ports: RefinePorts;
  readonly #step: Step;
  readonly #gate: Gate;
  readonly #rounds = new Map<string, number>();

  constructor(request: RefineRequest, ports: RefinePorts, step: Step, gate: Gate) {
    this.#request = request;
    this.#ports = ports;
    this.#step = step;
    this.#gate = gate;
  }

  /** One step of the pipeline: a proposal, and its repair where the gate refuses something. */
  async ask(step: AgentStep, current: FileTree): Promise<Answer> {
    let answer = await this.#propose(step, current, null);
    for (let round = 0; round < REPAIRS && step.role !== 'review'; round += 1) {
      if (answer.refusals.length === 0) break;
      answer = await this.mend(answer, answer.tree, answer.refusals);
    }
    return answer;
  }

  /** Lets the agent mend its answer once; what it gives counts where it gave anything. */
  async mend(answer: Answer, current: FileTree, failures: string[]): Promise<Answer> {
    const repair = { proposed: answer.proposed, failures };
    const mended = await this.#propose(answer.step, current, repair);
    const asked = answer.result.asked + mended.result.asked;
    if (mended.result.end !== 'finished') {
      const { end, reason } = mended.result;
      return {
        ...answer,
        result: { ...answer.result, asked, end, reason: `in its repair, ${reason ?? ''}` },
      };
    }
    const { files } = this.#gate.judge(answer.before, mended.tree, rightsOf(answer.step));
    const dropped = mended.result.files.filter(({ kept }) => !kept);
    const notices = [...new Set([...answer.result.notices, ...mended.result.notices])];
    const summary = mended.result.summary === '' ? answer.result.summary : mended.result.summary;
    const result = { ...mended.result, asked, notices, summary, files: byPath([...files, ...dropped]) };
    return { ...mended, before: answer.before, result };
  }

  async #propose(step: AgentStep, current: FileTree, repair: Repair | null): Promise<Answer> {
    const { agent, signal, say, keepTranscript } = this.#ports;
    const round = (this.#rounds.get(step.name) ?? 0) + 1;
    this.#rounds.set(step.name, round);
    const key = `ask-${step.name}${round === 1 ? '' : `#${String(round)}`}`;
    const task = this.#task(step, current, repair);
    const proposal = await this.#step(
      key,
      async () => {
        say(`${this.#request.name} is asked about ${step.name}`);
        const given = await agent
          .propose(task, this.#runTests(step, current), signal)
          .catch((error: unknown) => failed(task, error));
        // What a stop cut off is no answer: it is asked for again.
        signal?.throwIfAborted();
        return given;
      },
      leftOut,
    );
    keepTranscript(key, proposal.transcript);
    this.usage = addUsage(this.usage, proposal.usage);
    const judged = this.#judge(step, current, proposal);
    const files = byPath([...judged.files, ...refusedWrites(proposal.transcript)]);
    return {
      step,
      before: current,
      tree: judged.tree,
      proposed: proposal.end === 'finished' ? proposal.tree : current,
      refusals: refusals(judged.files),
      result: {
        ...{ step: step.name, role: step.role, asked: 1, end: proposal.end, reason: proposal.reason },
        ...{ summary: proposal.summary, files, notices: proposal.notices },
      },
    };
  }

  #judge(step: AgentStep, current: FileTree, { end, tree }: Proposal): Judgement {
    if (end !== 'finished') return { tree: current, files: [] };
    return this.#gate.judge(current, tree, rightsOf(step));
  }

  #task({ name, role, task }: AgentStep, current: FileTree, repair: Repair | null): AgentTask {
    const { conventions, notebook, plan, diagnostics } = this.#request;
    return {
      ...{ step: name, role, task, conventions, plan, diagnostics },
      tree: repair?.proposed ?? current,
      notebook: {
        path: notebook.path,
        cells: notebook.cells.map(({ index, kind, source }) => ({ index, kind, code: source })),
      },
      failures: repair?.failures ?? [],
      spent: this.usage,
    };
  }

  /** Tests run on what the gate would keep: an agent hears of a refusal before it has finished. */
  #runTests(step: AgentStep, current: FileTree): RunTests | null {
    if (step.role !== 'test' && step.name !== 'test') return null;
    return async (tree, signal) => {
      const judged = this.#gate.judge(current, tree, rightsOf(step));
      const refused = refusals(judged.files).map((line) => `Refused: ${line}\n`);
      return `${refused.join('')}${await this.#ports.tryTests(judged.tree, signal)}`;
    };
  }
}

/** Where the words of a run are shown: those of a model have no place there. */
function leftOut({ end }: Proposal): string | undefined {
  if (end === 'finished') return undefined;
  return end === 'unreachable' ? 'no answer came from the model' : 'no answer came that could be used';
}

function rightsOf({ name, role }: AgentStep): { step: string; role: AgentStep['role'] } {
  return { step: name, role };
}

function refusals(files: readonly FileVerdict[]): string[] {
  return files.filter(({ kept }) => !kept).map(({ path, because }) => `${path}: ${because.join('; ')}`);
}

/** A file that was kept and one of the same path that was dropped later are both said. */
function byPath(files: readonly FileVerdict[]): FileVerdict[] {
  return [...files].sort((a, b) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : Number(b.kept) - Number(a.kept),
  );
}

/** A fault of our own in an agent costs what it would have proposed, not the package. */
function failed(task: AgentTask, error: unknown): Proposal {
  const reason = `a failure of Architect's own: ${messageOf(error)}`;
  const { tree } = task;
  return {
    ...{ end: 'malformed', reason, tree, summary: '', usage: { ...NO_USAGE } },
    ...{ transcript: [], notices: [] },
  };
}
