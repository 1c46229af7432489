import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Agent, AgentTask, Proposal } from '../../src/agents/agent.ts';
import { NO_USAGE } from '../../src/agents/usage.ts';
import type { FileTree } from '../../src/lib/file-tree.ts';
import { refine, type Refined } from '../../src/refine/refine.ts';
import type { AgentStep, RefineRequest } from '../../src/refine/request.ts';
import { directStep, type Step } from '../../src/runs/step.ts';
import type { Verified } from '../../src/verify/verify.ts';
import { edited, GUARD, makePackage } from './made-package.ts';

const LOADER = 'src/data/loader.py';
const MORE = 'tests/test_more.py';
const STEPS: AgentStep[] = [
  { name: 'harden', role: 'build', task: null },
  { name: 'test', role: 'test', task: null },
];

let compiled: FileTree = {};
beforeAll(async () => {
  compiled = await makePackage();
});

const verified = (tree: FileTree, failedTests: string[] = []): Verified => ({
  tree,
  failedTests,
  passedTests: ['t.a'],
  verdict: {
    ...{ status: 'verified', parity: 'same', boundaries: [], metrics: [], checks: [], notes: [] },
    tests: { passed: 1, failed: failedTests.length, skipped: 0 },
    lint: { ruff: 0, types: 0 },
  },
});

type Answering = (task: AgentTask) => Partial<Proposal> | Promise<Partial<Proposal>>;

/** A refinement by an agent that answers so, and a proof in which tests that hold `assert 1 == 2` fail. */
async function run(
  answers: Answering,
  given: Partial<RefineRequest> = {},
  step: Step = directStep,
): Promise<Refined & { tasks: AgentTask[]; proved: FileTree[]; tried: FileTree[]; kept: string[] }> {
  const tasks: AgentTask[] = [];
  const proved: FileTree[] = [];
  const tried: FileTree[] = [];
  const kept: string[] = [];
  const agent: Agent = {
    propose: async (task, runTests) => {
      tasks.push(task);
      const proposal = { ...empty(task), ...(await answers(task)) };
      if (runTests !== null) await runTests(proposal.tree);
      return proposal;
    },
  };
  const refined = await refine(
    {
      ...{ name: 'test/model', steps: STEPS, conventions: null, guard: GUARD, plan: '', diagnostics: [] },
      notebook: { path: 'n.ipynb', sha256: '', format: 4, language: 'python', cells: [] },
      compiled: verified(compiled),
      ...given,
    },
    {
      agent,
      prove: async (tree) => {
        proved.push(tree);
        const bad = Object.entries(tree).filter(([, text]) => text.includes('assert 1 == 2'));
        return verified(
          tree,
          bad.map(([path]) => `${path}: assert 1 == 2`),
        );
      },
      tryTests: async (tree) => {
        tried.push(tree);
        return '1 passed';
      },
      keepTranscript: (name) => void kept.push(name),
      signal: undefined,
      say: () => undefined,
    },
    step,
  );
  return { ...refined, tasks, proved, tried, kept };
}

const empty = ({ tree }: AgentTask): Proposal => ({
  ...{ end: 'finished', reason: null, tree, summary: '', transcript: [], notices: [] },
  usage: { ...NO_USAGE, requests: 1, promptTokens: 100, completionTokens: 10 },
});

const better = (tree: FileTree): FileTree => edited(tree, LOADER, '"""Clean the data', '"""Tidy the data');
const withTest = (tree: FileTree, assertion: string): FileTree => ({
  ...tree,
  [MORE]: `"""More."""\n\n\ndef test_more() -> None:\n    """More."""\n    assert ${assertion}\n`,
});
const lines = ({ changes }: Refined): string[] =>
  changes.steps.flatMap(({ step, files }) =>
    files.map(
      ({ path, kept, because }) => `${step} ${kept ? 'kept' : 'dropped'} ${path}: ${because.join('; ')}`,
    ),
  );

describe('an answer that is good', () => {
  test('is proved once, whatever number of steps it is made of', async () => {
    const result = await run(({ step, tree }) => ({
      tree: step === 'harden' ? better(tree) : withTest(tree, '1 == 1'),
      summary: `did ${step}`,
    }));
    expect(lines(result)).toEqual([
      'harden kept src/data/loader.py: words of `clean_data`',
      'test kept tests/test_more.py: a new file',
    ]);
    expect(result.proved).toHaveLength(1);
    expect(result.verified.tree).toEqual(withTest(better(compiled), '1 == 1'));
    expect(result.changes).toMatchObject({
      model: 'test/model',
      proofs: 1,
      usage: { requests: 2, promptTokens: 200 },
    });
    expect(result.changes.steps.map(({ summary }) => summary)).toEqual(['did harden', 'did test']);
    expect(result.kept).toEqual(['ask-harden', 'ask-test']);
  });

  test('comes after those before it, and knows what they cost', async () => {
    const { tasks } = await run(({ step, tree }) => (step === 'harden' ? { tree: better(tree) } : {}));
    expect(tasks[1]?.tree[LOADER]).toContain('Tidy the data');
    expect(tasks.map(({ spent }) => spent.requests)).toEqual([0, 1]);
  });

  test('runs its tests on what the gate would keep', async () => {
    const evil = (tree: FileTree): FileTree => ({
      ...withTest(tree, '1 == 1'),
      'tests/conftest.py': 'x = 1\n',
    });
    const { tried } = await run(({ step, tree }) => (step === 'test' ? { tree: evil(tree) } : {}));
    expect(tried[0]?.[MORE]).toContain('test_more');
    expect(tried[0]?.['tests/conftest.py']).toBe(compiled['tests/conftest.py']);
  });
});

describe('the compiler’s package stands, byte for byte, where the model', () => {
  const evil = (tree: FileTree): FileTree => ({
    ...tree,
    '.github/workflows/x.yml': 'on: push\n',
    Makefile: 'all:\n',
  });
  test.each<[string, Answering]>([
    ['changes nothing', () => ({})],
    ['is refused by the gate', ({ tree }) => ({ tree: evil(tree) })],
    ['never comes to an end', ({ tree }) => ({ end: 'budget', reason: 'too long', tree: better(tree) })],
    ['refuses', ({ tree }) => ({ end: 'refused', reason: 'no', tree: better(tree) })],
    [
      'answers what cannot be read',
      ({ tree }) => ({ end: 'malformed', reason: 'no JSON', tree: better(tree) }),
    ],
    ['is not reached', ({ tree }) => ({ end: 'unreachable', reason: 'status 500', tree: better(tree) })],
    ['gives no file at all', () => ({ tree: {} })],
    [
      'breaks',
      () => {
        throw new Error('boom');
      },
    ],
    ['fails the proof again and again', ({ tree }) => ({ tree: withTest(tree, '1 == 2') })],
  ])('%s', async (_, answers) => {
    const compiledNow = verified(compiled);
    const { verified: result, changes } = await run(answers, { compiled: compiledNow });
    expect(result).toBe(compiledNow);
    expect(changes.steps.flatMap(({ files }) => files).filter(({ kept }) => kept)).toEqual([]);
  });
});

describe('what the gate refuses', () => {
  test('may be mended once', async () => {
    const result = await run(({ step, tree, failures }) => {
      if (step !== 'harden') return {};
      return failures.length === 0
        ? { tree: { ...tree, [LOADER]: 'import os\n' } }
        : { tree: { ...tree, [LOADER]: better(compiled)[LOADER] ?? '' } };
    });
    expect(lines(result)).toEqual(['harden kept src/data/loader.py: words of `clean_data`']);
    expect(result.tasks[1]).toMatchObject({ step: 'harden', failures: [expect.stringContaining(LOADER)] });
    expect(result.tasks[1]?.tree[LOADER]).toBe('import os\n');
    expect(result.changes.steps[0]?.asked).toBe(2);
  });

  test('leaves the rest of the same proposal', async () => {
    const result = await run(({ step, tree }) =>
      step === 'harden' ? { tree: { ...better(tree), Makefile: 'all:\n' } } : {},
    );
    expect(lines(result)).toEqual([
      'harden dropped Makefile: it is made from the configuration, and agrees with other files that are',
      'harden kept src/data/loader.py: words of `clean_data`',
    ]);
  });

  test('is said too where the agent’s own tools refused it', async () => {
    const transcript: Proposal['transcript'] = [
      {
        ...{ kind: 'tool', name: 'write_file', ok: false, characters: 1 },
        arguments: '{"path": ".github/workflows/x.yml", "text": "on: push"}',
        text: '{"error":"This path cannot be written: the notebook is never changed."}',
      },
    ];
    const result = await run(({ step }) => (step === 'harden' ? { transcript } : {}));
    expect(lines(result)).toEqual(['harden dropped .github/workflows/x.yml: the notebook is never changed']);
    expect(result.tasks).toHaveLength(2);
  });
});

describe('what fails the proof', () => {
  test('is found step by step, mended once, and the rest stays', async () => {
    const result = await run(({ step, tree, failures }) => {
      if (step === 'harden') return { tree: better(tree) };
      return { tree: withTest(tree, failures.length === 0 ? '1 == 2' : '2 == 2') };
    });
    expect(lines(result)).toEqual([
      'harden kept src/data/loader.py: words of `clean_data`',
      'test kept tests/test_more.py: a new file',
    ]);
    expect(result.tasks.at(-1)?.failures).toEqual(['a test fails: tests/test_more.py: assert 1 == 2']);
    expect(result.verified.tree).toEqual(withTest(better(compiled), '2 == 2'));
    // All together, the first alone, the mended second: what was proved already is not proved again.
    expect(result.changes.proofs).toBe(3);
  });

  test('is dropped where it is not mended, with the reason', async () => {
    const result = await run(({ step, tree }) => ({
      tree: step === 'harden' ? better(tree) : withTest(tree, '1 == 2'),
    }));
    expect(lines(result)).toEqual([
      'harden kept src/data/loader.py: words of `clean_data`',
      'test dropped tests/test_more.py: a test fails: tests/test_more.py: assert 1 == 2',
    ]);
    expect(result.verified.tree).toEqual(better(compiled));
  });

  test('takes with it what was built on it', async () => {
    const steps: AgentStep[] = [
      { name: 'test', role: 'test', task: null },
      { name: 'more', role: 'build', task: null },
    ];
    const result = await run(
      ({ step, tree }) => ({
        tree:
          step === 'test'
            ? withTest(tree, '1 == 2')
            : { ...better(tree), [MORE]: (tree[MORE] ?? '').replace('"""More."""', '"""Still more."""') },
      }),
      { steps },
    );
    expect(lines(result)).toEqual([
      'test dropped tests/test_more.py: a test fails: tests/test_more.py: assert 1 == 2',
      'more kept src/data/loader.py: words of `clean_data`',
      'more dropped tests/test_more.py: it builds on a change that was dropped',
    ]);
    expect(result.verified.tree).toEqual(better(compiled));
  });
});

test('an agent that cannot be reached is not asked about the next step', async () => {
  const { changes, tasks } = await run(() => ({ end: 'unreachable', reason: 'status 500' }));
  expect(tasks).toHaveLength(1);
  expect(changes.steps[1]).toMatchObject({
    step: 'test',
    asked: 0,
    end: null,
    reason: 'nothing more was asked after `harden`',
  });
});

test('nothing is asked where nothing could be run', async () => {
  const unproved = verified(compiled);
  unproved.verdict.lint = { ruff: null, types: null };
  const { changes, tasks, verified: result } = await run(() => ({}), { compiled: unproved });
  expect([tasks, result]).toEqual([[], unproved]);
  expect(changes.notAsked).toContain('nothing could be run');
});

test('a run that was killed goes on with the answers that it had', async () => {
  const stored = new Map<string, string>();
  const durable: Step = async (name, work) => {
    const known = stored.get(name);
    if (known !== undefined) return JSON.parse(known) as Awaited<ReturnType<typeof work>>;
    const value = await work();
    stored.set(name, JSON.stringify(value));
    return value;
  };
  const answers: Answering = ({ step, tree, failures }) => ({
    tree: step === 'harden' ? better(tree) : withTest(tree, failures.length === 0 ? '1 == 2' : '2 == 2'),
  });
  const first = await run(answers, {}, durable);
  expect([...stored.keys()]).toEqual([
    'ask-harden',
    'ask-test',
    'prove-model',
    'prove-model#2',
    'ask-test#2',
    'prove-model#3',
  ]);
  stored.delete('prove-model#3');
  const second = await run(answers, {}, durable);
  expect(second.tasks).toEqual([]);
  expect(second.proved).toHaveLength(1);
  expect([second.verified, second.changes]).toEqual([first.verified, first.changes]);
});
