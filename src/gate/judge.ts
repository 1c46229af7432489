import { type GuardContext, treeCheck } from '../guardrails/check-tree.ts';
import { visiblePath } from '../guardrails/paths.ts';
import type { Violation } from '../guardrails/violation.ts';
import type { FileTree } from '../lib/file-tree.ts';
import { unique } from '../lib/unique.ts';
import { type FileVerdict, phrase, type Problem } from './judgement.ts';
import { markdownProblems } from './markdown-change.ts';
import { type OwnCode, ownCodeReader } from './own-code.ts';
import { judgePython } from './python-file.ts';
import { isTest, type Rights, whyNotWritten } from './rights.ts';

/** What a proposal is held to. */
export interface GateContext {
  /** What the compiler made and the proof was about: it stands wherever a proposal does not. */
  compiled: FileTree;
  guard: GuardContext;
}

/** What came of a proposal. */
export interface Judgement {
  /** The tree with what was kept. */
  tree: FileTree;
  files: FileVerdict[];
}

/** Reasons that are said of one file. */
const MOST_REASONS = 3;

/**
 * The cheap half of the gate: rights, guardrails, and what can be told from the syntax of a file. Nothing is run. File by file: what
 * is dropped leaves the compiler's version, and with it what would need it.
 */
export class Gate {
  readonly #context: GateContext;
  readonly #check: (tree: FileTree) => Violation[];
  readonly #readOwn = ownCodeReader();

  constructor(context: GateContext) {
    this.#context = context;
    this.#check = treeCheck(context.guard);
  }

  /**
   * @param current - The tree so far: the compiler's, with what was kept of earlier steps.
   * @param proposed - What an agent made of it.
   */
  judge(current: FileTree, proposed: FileTree, rights: Rights): Judgement {
    const dropped = new Map<string, string[]>();
    for (const path of Object.keys(current))
      if (!Object.hasOwn(proposed, path)) dropped.set(path, ['no file is taken away']);
    const changed = Object.entries(proposed).filter(([path, text]) => text !== current[path]);
    let kept = new Map<string, FileJudgement>();
    // A file may need another one that is dropped: then it is looked at once more.
    for (let before = -1; before !== dropped.size;) {
      before = dropped.size;
      const left = changed.filter(([path]) => !dropped.has(path));
      const own = this.#own({ ...current, ...Object.fromEntries(left) });
      const guarded = this.#objections(current, Object.fromEntries(left));
      const judged = left.map(([path, text]) => [path, this.#judgeFile(path, text, rights, own)] as const);
      for (const [path, { problems }] of judged) {
        const because = [...(guarded.get(path) ?? []), ...problems.map(phrase)];
        if (because.length > 0) dropped.set(path, because);
      }
      kept = new Map(judged.filter(([path, { text }]) => !dropped.has(path) && text !== current[path]));
      // Once more as they are laid out.
      for (const [path, because] of this.#objections(current, textsOf(kept))) dropped.set(path, because);
    }
    const files = [
      ...[...kept].map(([path, { changes }]) => ({ path, kept: true, because: changes })),
      ...[...dropped].map(([path, because]) => ({ path, kept: false, because })),
    ];
    return {
      tree: sorted({ ...current, ...textsOf(kept) }),
      files: files
        .map((file) => ({ ...file, because: unique(file.because).slice(0, MOST_REASONS) }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
  }

  /** The package with what a model adds to it; its libraries and fixtures are the compiler's. */
  #own(tree: FileTree): OwnCode {
    const { libraries, fixtures } = this.#readOwn(this.#context.compiled);
    return { ...this.#readOwn({ ...this.#context.compiled, ...tree }), libraries, fixtures };
  }

  #judgeFile(path: string, made: string, rights: Rights, own: OwnCode): FileJudgement {
    const { compiled } = this.#context;
    const before = Object.hasOwn(compiled, path) ? (compiled[path] ?? null) : null;
    // Guardrails know the world around the package; they go first, so that the reason is theirs.
    const forbidden =
      this.#objections({}, { [path]: '' }).get(path)?.[0] ?? whyNotWritten(path, rights, before !== null);
    if (forbidden !== undefined)
      return { text: made, changes: [], problems: [{ line: null, message: forbidden }] };
    if (path.endsWith('.md')) {
      const changes = [before === null ? 'a new text' : 'adds lines'];
      return { text: made, changes, problems: markdownProblems(before, made) };
    }
    return judgePython(before, made, { test: isTest(path), own, path });
  }

  /** What guardrails say of a tree that they did not say without the files: blocks and warnings. */
  #objections(current: FileTree, files: FileTree): Map<string, string[]> {
    const { folder } = this.#context.guard;
    const known = this.#check(current).map(key);
    const found = this.#check({ ...current, ...files }).filter((violation) => {
      const at = known.indexOf(key(violation));
      if (at >= 0) known.splice(at, 1);
      return at < 0;
    });
    const objections = new Map<string, string[]>();
    for (const path of Object.keys(files)) {
      const place = folder === '.' || folder === '' ? path : `${folder}/${path}`;
      // What is wrong with the tree as a whole is wrong with every file that was added to it.
      const places = [place, visiblePath(place), '.'];
      const own = found.filter((one) => places.includes(one.path));
      if (own.length > 0)
        objections.set(
          path,
          own.map(({ line, message }) => phrase({ line, message })),
        );
    }
    return objections;
  }
}

interface FileJudgement {
  text: string;
  changes: string[];
  problems: Problem[];
}

function textsOf(files: ReadonlyMap<string, FileJudgement>): FileTree {
  return Object.fromEntries([...files].map(([path, { text }]) => [path, text]));
}

function sorted(tree: FileTree): FileTree {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without the line, which moves when something is added above it. */
function key({ rule, path, message }: Violation): string {
  return [rule, path, message].join('\n');
}
