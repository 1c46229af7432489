import { whatIsWorse } from '../gate/worse.ts';
import type { FileTree } from '../lib/file-tree.ts';
import type { Step } from '../runs/step.ts';
import type { Verified } from '../verify/verify.ts';
import type { Answer, Asker } from './ask.ts';

/** The package that stands in the end, what became of the answers, and what it took. */
export interface Settled {
  verified: Verified;
  answers: Answer[];
  proofs: number;
}

/** A tree with its proof, and what is worse than the compiler's. */
interface Trial {
  verified: Verified;
  worse: string[];
}

/**
 * Proves what is left of all answers, once. Where something is worse than the compiler's, they are proved one after the other; the one
 * that makes it worse may be mended once, and is dropped where that does not help.
 */
export async function settle(
  compiled: Verified,
  answers: readonly Answer[],
  asker: Asker,
  prove: (tree: FileTree) => Promise<Verified>,
  step: Step,
): Promise<Settled> {
  const trials = new Map<string, Trial>();
  const attempt = async (tree: FileTree): Promise<Trial> => {
    const key = JSON.stringify(tree);
    const known = trials.get(key);
    if (known !== undefined) return known;
    const round = trials.size === 0 ? '' : `#${String(trials.size + 1)}`;
    const verified = await step(`prove-model${round}`, () => prove(tree));
    const trial = { verified, worse: whatIsWorse(compiled, verified) };
    trials.set(key, trial);
    return trial;
  };
  const last = answers.findLast((answer) => Object.keys(changesOf(answer)).length > 0);
  if (last === undefined) return { verified: compiled, answers: [...answers], proofs: 0 };
  const whole = await attempt(last.tree);
  if (whole.worse.length === 0)
    return { verified: whole.verified, answers: [...answers], proofs: trials.size };

  let good = compiled;
  const lost = new Set<string>();
  const settled: Answer[] = [];
  for (const answer of answers) {
    const { final, verified } = await settleOne(withoutLost(answer, lost), good, attempt, asker);
    for (const path of Object.keys(changesOf(answer)))
      if (final.tree[path] !== answer.tree[path]) lost.add(path);
    good = verified;
    settled.push(final);
  }
  return { verified: good, answers: settled, proofs: trials.size };
}

/** One answer on top of what is good already: as it is, mended, or dropped. */
async function settleOne(
  answer: Answer,
  good: Verified,
  attempt: (tree: FileTree) => Promise<Trial>,
  asker: Asker,
): Promise<{ final: Answer; verified: Verified }> {
  const changes = changesOf(answer);
  if (Object.keys(changes).length === 0) return { final: answer, verified: good };
  const onGood = { ...answer, before: good.tree, tree: sorted({ ...good.tree, ...changes }) };
  const first = await attempt(onGood.tree);
  if (first.worse.length === 0) return { final: onGood, verified: first.verified };
  const mended = await asker.mend(onGood, good.tree, first.worse);
  const isNew = mended.tree !== onGood.tree && Object.keys(changesOf(mended)).length > 0;
  const second = isNew ? await attempt(mended.tree) : first;
  if (isNew && second.worse.length === 0) return { final: mended, verified: second.verified };
  return { final: dropped(mended, Object.keys(changesOf(mended)), second.worse), verified: good };
}

/** Files that an answer changes, with their new text. */
function changesOf({ before, tree }: Answer): FileTree {
  return Object.fromEntries(Object.entries(tree).filter(([path, text]) => before[path] !== text));
}

function withoutLost(answer: Answer, lost: ReadonlySet<string>): Answer {
  const paths = Object.keys(changesOf(answer)).filter((path) => lost.has(path));
  return dropped(answer, paths, ['it builds on a change that was dropped']);
}

/** The same without its changes to these files. */
function dropped(answer: Answer, paths: readonly string[], because: readonly string[]): Answer {
  if (paths.length === 0) return answer;
  const tree = { ...answer.tree };
  for (const path of paths) {
    const before = answer.before[path];
    if (before === undefined) Reflect.deleteProperty(tree, path);
    else tree[path] = before;
  }
  const files = answer.result.files.map((file) =>
    file.kept && paths.includes(file.path) ? { ...file, kept: false, because: because.slice(0, 3) } : file,
  );
  return { ...answer, tree, result: { ...answer.result, files } };
}

function sorted(tree: FileTree): FileTree {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}
