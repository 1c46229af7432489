import { describe, expect, test } from '@jest/globals';
import type { Proposal } from '../../src/agents/agent.ts';
import { agentFor, closeModels, propose, task, TREE } from './agent-world.ts';
import type { RecordedRequest, Script } from './scripted-model.ts';
import { calls, does, HOSTILE, refines } from './scripts.ts';

closeModels();

const SUMMARY = { name: 'finish', arguments: { summary: 'Done.' } };
const done = calls(SUMMARY);

function tools({ transcript }: Proposal): { name: string; ok: boolean; text: string }[] {
  return transcript
    .filter((entry) => entry.kind === 'tool')
    .map(({ name, ok, text }) => ({ name, ok, text }));
}

/** What the model was told last. */
function lastSaid(request: RecordedRequest | undefined): string {
  return String(request?.body.messages.at(-1)?.content);
}

describe('a good model', () => {
  test('refines a file and says what it did', async () => {
    const edit = { old: '"""Load."""', new: '"""Load the seed of all random generators."""' };
    const { proposal, server } = await propose(refines('src/config.py', edit));
    expect(proposal).toMatchObject({ end: 'finished', reason: null, summary: 'Improved src/config.py.' });
    expect(proposal.tree).toEqual({
      ...TREE,
      'src/config.py': TREE['src/config.py'].replace(edit.old, edit.new),
    });
    expect(proposal.usage).toMatchObject({
      ...{ requests: 3, promptTokens: 300, completionTokens: 30, estimated: false, cost: null },
    });
    expect(proposal.notices).toEqual([]);
    expect(JSON.parse(JSON.stringify(proposal))).toEqual(proposal);
    const [, second] = server.requests;
    expect(second?.body.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
    ]);
    expect(lastSaid(second)).toContain('Load.');
  });

  test('adds and deletes files of its own', async () => {
    const { proposal } = await propose(
      does(
        { name: 'write_file', arguments: { path: 'src/shapes.py', text: 'X = 1\r\n' } },
        { name: 'write_file', arguments: { path: 'src/gone.py', text: 'Y = 1\n' } },
        { name: 'delete_file', arguments: { path: 'src/gone.py' } },
      ),
    );
    expect(proposal.tree).toEqual({ ...TREE, 'src/shapes.py': 'X = 1\n' });
    expect(Object.keys(proposal.tree)).toEqual([...Object.keys(proposal.tree)].sort());
  });

  test('may end with words alone once it has worked', async () => {
    const { proposal } = await propose([
      calls({ name: 'list_files', arguments: {} }),
      { say: 'text', text: 'Nothing is worth changing.' },
    ]);
    expect(proposal).toMatchObject({ end: 'finished', summary: 'Nothing is worth changing.' });
    expect(proposal.tree).toEqual(TREE);
  });

  test('reads a long file in parts', async () => {
    const long = Array.from({ length: 40 }, (_, index) => `LINE_${index} = ${index}`).join('\n');
    const { proposal } = await propose(
      does(
        { name: 'read_file', arguments: { path: 'src/long.py' } },
        { name: 'read_file', arguments: { path: 'src/long.py', from_line: 39 } },
      ),
      { tree: { ...TREE, 'src/long.py': long } },
      { limits: { resultCharacters: 100 } },
    );
    const [first, second] = tools(proposal).map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    expect(first).toMatchObject({ from_line: 1, next_line: 10 });
    expect(second).toMatchObject({ from_line: 39, next_line: null, text: 'LINE_38 = 38\nLINE_39 = 39' });
  });

  test('finds texts letter by letter', async () => {
    const { proposal } = await propose(does({ name: 'search', arguments: { text: 'SEED' } }));
    expect(JSON.parse(tools(proposal)[0]?.text ?? '')).toEqual({
      hits: [
        { path: 'src/config.py', line: 1, text: 'SEED = 1' },
        { path: 'src/config.py', line: 6, text: '    return SEED' },
      ],
      more: 0,
    });
  });
});

describe('a bad model', () => {
  test.each([
    ['malformed-arguments', 'malformed', 'no JSON', 3],
    ['unknown-tool', 'malformed', 'no tool of this name', 3],
    ['same-again', 'malformed', 'the same 4 times in a row', 4],
    ['words', 'malformed', 'called no tool', 2],
    ['refusal', 'refused', 'I cannot help with that.', 1],
    ['content-filter', 'refused', 'refused to answer', 1],
    ['loop', 'budget', 'not done after 8 answers', 8],
  ])('%s', async (name, end, reason, requests) => {
    const { proposal, server } = await propose(
      HOSTILE[name] ?? [],
      {},
      { limits: { malformed: 3, rounds: 8 } },
    );
    expect(proposal).toMatchObject({ end, reason: expect.stringContaining(reason), summary: '' });
    expect(proposal.tree).toEqual(TREE);
    expect(server.requests).toHaveLength(requests);
  });

  test('is told what was wrong, and can do better', async () => {
    const deep = `{"path": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const bad = [
      '{"path": "src/conf',
      deep,
      '[1]',
      '{"path": 5}',
      '{"path": "src/config.py", "mode": "all"}',
    ];
    const { proposal, server } = await propose(
      [calls(...bad.map((args) => ({ name: 'read_file', arguments: args }))), done],
      {},
      { limits: { malformed: 6 } },
    );
    expect(proposal.end).toBe('finished');
    expect(tools(proposal).map(({ ok }) => ok)).toEqual([false, false, false, false, false, true]);
    const [, second] = server.requests;
    expect(lastSaid(second)).toContain('Unrecognized key: \\"mode\\"');
    // Servers that parse the record of the conversation find objects in it.
    const echoed = second?.body.messages.find(({ role }) => role === 'assistant')?.tool_calls as {
      function: { arguments: string };
    }[];
    expect(echoed.map((call) => call.function.arguments)).toEqual([
      ...['{}', '{}', '{}', '{"path":5}', '{"path":"src/config.py","mode":"all"}'],
    ]);
  });

  test('is not finished while a call beside finish failed', async () => {
    const { proposal, server } = await propose([
      calls({ name: 'read_file', arguments: { path: 'nothing.py' } }, SUMMARY),
      done,
    ]);
    expect(proposal.end).toBe('finished');
    expect(server.requests).toHaveLength(2);
    expect(lastSaid(server.requests[1])).toContain('You are not finished');
  });

  test('that does not finish has changed nothing, whatever it did before', async () => {
    const { proposal } = await propose([
      calls({ name: 'write_file', arguments: { path: 'src/new.py', text: 'X = 1\n' } }),
      { say: 'refusal', text: 'No.' },
    ]);
    expect(proposal).toMatchObject({ end: 'refused' });
    expect(proposal.tree).toEqual(TREE);
  });

  test('cannot do everything in one answer', async () => {
    const many = Array.from({ length: 5 }, (_, index) => ({
      name: 'write_file',
      arguments: { path: `src/new_${index}.py`, text: 'X = 1\n' },
    }));
    const { proposal, server } = await propose([calls(...many), done], {}, { limits: { calls: 3 } });
    expect(Object.keys(proposal.tree).filter((path) => path.startsWith('src/new'))).toHaveLength(3);
    expect(lastSaid(server.requests[1])).toContain('At most 3 calls');
  });

  test('whose answer was cut off is told so', async () => {
    const { proposal, server } = await propose([
      calls({ name: 'list_files', arguments: {} }),
      { say: 'text', text: 'I have now', finish: 'length' },
      done,
    ]);
    expect(proposal).toMatchObject({ end: 'finished', summary: 'Done.' });
    expect(lastSaid(server.requests[2])).toContain('cut off');
  });

  test('is told when it has few answers left', async () => {
    const { server } = await propose(HOSTILE['loop'] ?? [], {}, { limits: { rounds: 5 } });
    expect(lastSaid(server.requests[2])).toContain('You have 3 answers left');
  });

  test('gives ids twice or none: each call has its own', async () => {
    const piece = (index: number, id: string) => ({
      index,
      id,
      function: { name: 'list_files', arguments: '{}' },
    });
    const chunk = (delta: object, finish: string | null = null): string =>
      JSON.stringify({ choices: [{ delta, finish_reason: finish }] });
    const tool_calls = [piece(0, 'same'), piece(1, 'same'), piece(2, '')];
    const { proposal, server } = await propose([
      { say: 'events', data: [chunk({ tool_calls }), chunk({}, 'tool_calls'), '[DONE]'] },
      done,
    ]);
    expect(proposal.end).toBe('finished');
    const ids = server.requests[1]?.body.messages.map(({ tool_call_id: id }) => id).filter(Boolean);
    expect(new Set(ids).size).toBe(3);
  });

  test('that sends whole calls without an index is understood', async () => {
    const call = (id: string, path: string) => ({
      id,
      function: { name: 'read_file', arguments: JSON.stringify({ path }) },
    });
    const chunk = (delta: object, finish: string | null = null): string =>
      JSON.stringify({ choices: [{ delta, finish_reason: finish }] });
    const { proposal } = await propose([
      {
        say: 'events',
        data: [
          chunk({ tool_calls: [call('a', 'src/config.py')] }),
          chunk({ tool_calls: [call('b', 'EXTRACTION_PLAN.md')] }),
          chunk({}, 'tool_calls'),
        ],
      },
      done,
    ]);
    expect(tools(proposal).map(({ name, ok }) => [name, ok])).toEqual([
      ...[
        ['read_file', true],
        ['read_file', true],
        ['finish', true],
      ],
    ]);
  });
});

describe('tests in the sandbox', () => {
  const write = {
    name: 'write_file',
    arguments: { path: 'tests/test_new.py', text: 'def test_x() -> None: ...\n' },
  };
  const run = { name: 'run_tests', arguments: {} };

  test.each(['test', 'build'] as const)(
    'run over the tree as it is now, for a %s agent in the step test',
    async (role) => {
      const { agent, server } = await agentFor([calls(write, run), done]);
      const trees: object[] = [];
      const proposal = await agent.propose(task({ role, step: 'test' }), (tree) => {
        trees.push(tree);
        return Promise.resolve('1 failed: test_x');
      });
      expect(proposal.end).toBe('finished');
      expect(trees).toEqual([proposal.tree]);
      expect(lastSaid(server.requests[1])).toContain('1 failed: test_x');
    },
  );

  test('run a bounded number of times, with a bounded output', async () => {
    const { agent, server } = await agentFor([calls(run, run, run), done], {
      limits: { testRuns: 2, resultCharacters: 100 },
    });
    let runs = 0;
    const proposal = await agent.propose(task({ role: 'test' }), () => {
      runs += 1;
      return Promise.resolve(`start ${'.'.repeat(1_000)} end`);
    });
    expect(runs).toBe(2);
    expect(tools(proposal).map(({ ok }) => ok)).toEqual([true, true, false, true]);
    const output = tools(proposal)[0]?.text ?? '';
    expect(output).toMatch(/start .*\[910 characters left out\].* end/);
    expect(lastSaid(server.requests[1])).toContain('2 times');
  });

  test('that cannot run are no secret and no end', async () => {
    const { agent, server } = await agentFor([calls(run), done]);
    const proposal = await agent.propose(task({ role: 'test' }), () =>
      Promise.reject(new Error('/var/lib/engine is broken')),
    );
    expect(proposal.end).toBe('finished');
    expect(JSON.stringify(server.requests)).not.toContain('/var/lib/engine');
  });

  test('are told when the run is cancelled', async () => {
    const cancel = new AbortController();
    const { agent } = await agentFor([calls(run), done]);
    const proposal = await agent.propose(
      task({ role: 'test' }),
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('stopped')));
          cancel.abort();
        }),
      cancel.signal,
    );
    expect(proposal.end).toBe('cancelled');
    expect(tools(proposal)).toEqual([]);
  });

  test.each([
    ['build', 'harden', true],
    ['review', 'test', true],
    ['test', 'test', false],
  ] as const)(
    'are not offered to a %s agent or where there is no sandbox',
    async (role, step, withSandbox) => {
      const { agent, server } = await agentFor([done]);
      await agent.propose(task({ role, step }), withSandbox ? () => Promise.resolve('') : null);
      expect(server.requests[0]?.body.tools?.map((tool) => tool.function.name)).not.toContain('run_tests');
    },
  );
});

describe('rights', () => {
  const attempts: Script = does(
    ...['src/new.py', 'tests/test_new.py', 'tests/test_parity.py'].map((path) => ({
      name: 'write_file',
      arguments: { path, text: 'X = 1\n' },
    })),
    { name: 'edit_file', arguments: { path: 'src/config.py', old_text: 'SEED = 1', new_text: 'SEED = 2' } },
    { name: 'delete_file', arguments: { path: 'tests/test_data.py' } },
    { name: 'delete_file', arguments: { path: 'src/config.py' } },
  );

  test.each([
    [
      'build',
      'harden',
      ['EXTRACTION_PLAN.md', 'src/config.py', 'src/new.py', 'tests/test_data.py', 'tests/test_new.py'],
    ],
    ['build', 'test', ['EXTRACTION_PLAN.md', 'src/config.py', 'tests/test_data.py', 'tests/test_new.py']],
    ['test', 'harden', ['EXTRACTION_PLAN.md', 'src/config.py', 'tests/test_data.py', 'tests/test_new.py']],
    ['test', 'test', ['EXTRACTION_PLAN.md', 'src/config.py', 'tests/test_data.py', 'tests/test_new.py']],
    ['review', 'harden', ['EXTRACTION_PLAN.md', 'src/config.py', 'tests/test_data.py']],
    ['review', 'test', ['EXTRACTION_PLAN.md', 'src/config.py', 'tests/test_data.py']],
  ] as const)('of a %s agent in the step %s', async (role, step, left) => {
    const { proposal } = await propose(attempts, { role, step }, { limits: { malformed: 100 } });
    expect(proposal.end).toBe('finished');
    expect(Object.keys(proposal.tree)).toEqual([...left, 'tests/test_parity.py'].sort());
    expect(proposal.tree['tests/test_parity.py']).toBe(TREE['tests/test_parity.py']);
    const edited = role === 'build' && step === 'harden';
    expect(proposal.tree['src/config.py'] === TREE['src/config.py']).toBe(!edited);
  });

  test('paths that lead out are refused', async () => {
    const { proposal } = await propose(HOSTILE['hostile-paths'] ?? []);
    expect(proposal).toMatchObject({ end: 'finished' });
    expect(proposal.tree).toEqual(TREE);
    expect(tools(proposal).map(({ ok }) => ok)).toEqual([false, false, false, false, false, true]);
  });
});
