import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import type { Proposal } from '../../src/agents/agent.ts';
import { agentFor, closeModels, KEY, propose, task, TREE } from './agent-world.ts';
import type { ScriptedAnswer } from './scripted-model.ts';
import { calls, HOSTILE } from './scripts.ts';

closeModels();

const done = calls({ name: 'finish', arguments: { summary: 'Done.' } });
const never = { start: 3_600_000, idle: 3_600_000, whole: 3_600_000 };

function failures({ transcript }: Proposal): { reason: string; again: number | null }[] {
  return transcript.filter((entry) => entry.kind === 'failure');
}

/** Every way in which a server fails once, and whether it is asked again. */
const failing: [name: string, answer: ScriptedAnswer, words: string, again: boolean][] = [
  ['too many requests', { say: 'status', status: 429 }, 'status 429', true],
  ['an error of the server', { say: 'status', status: 500 }, 'status 500', true],
  ['an overloaded gateway', { say: 'status', status: 529 }, 'status 529', true],
  ['a hang-up', { say: 'hang-up' }, 'cannot be reached', true],
  ['half an answer, cut', { say: 'half', text: 'I will', end: 'cut' }, 'broke', true],
  ['half an answer, ended', { say: 'half', text: 'I will', end: 'ended' }, 'broke off in the middle', true],
  [
    'an error in the middle',
    { say: 'events', data: ['{"error":{"message":"overloaded"}}'] },
    'broke off its answer',
    true,
  ],
  ['a wrong key', { say: 'status', status: 401 }, 'status 401', false],
  ['an unknown model', { say: 'status', status: 404 }, 'status 404', false],
  ['a request that does not fit', { say: 'status', status: 400 }, 'status 400', false],
  ['an empty purse', { say: 'status', status: 429, code: 'insufficient_quota' }, 'status 429', false],
  ['a page of HTML', { say: 'html' }, 'answers with text/html', false],
  ['events that are no JSON', { say: 'events', data: ['{"choices'] }, 'no JSON', false],
  ['events of another API', { say: 'events', data: ['{"choices":"none"}'] }, "none of OpenAI's API", false],
];

describe('a server that fails', () => {
  test.each(failing)('%s', async (_, answer, words, again) => {
    const { proposal, server } = await propose([answer, done]);
    expect(failures(proposal)).toEqual([
      { kind: 'failure', reason: expect.stringContaining(words), again: again ? expect.any(Number) : null },
    ]);
    expect(server.requests).toHaveLength(again ? 2 : 1);
    expect(proposal.end).toBe(again ? 'finished' : 'unreachable');
    expect(proposal.usage.requests).toBe(server.requests.length);
    if (!again) expect(proposal.reason).toContain(words);
  });

  test.each(['broken', 'hang-up', 'half'])('%s for ever: asked a bounded number of times', async (name) => {
    const { proposal, server } = await propose(HOSTILE[name] ?? [], {}, { serverLimits: { tries: 3 } });
    expect(proposal.end).toBe('unreachable');
    expect(proposal.tree).toEqual(TREE);
    expect(server.requests).toHaveLength(3);
  });

  test('at length: only the start of it is read, and the status counts', async () => {
    const answer: ScriptedAnswer = { say: 'status', status: 500, message: 'sorry '.repeat(1e6) };
    const { proposal } = await propose([answer, done]);
    expect(proposal.end).toBe('finished');
    expect(failures(proposal)[0]?.reason).toMatch(
      /^The model's server answered with status 500 \{"error.{400,480}$/,
    );
  });

  test('nobody listens', async () => {
    const { agent, server } = await agentFor([done], { serverLimits: { tries: 2 } });
    await server.close();
    const proposal = await agent.propose(task(), null);
    expect(proposal.end).toBe('unreachable');
    expect(proposal.reason).toContain('ECONNREFUSED');
  });

  test('a half answer is no result, whatever it called', async () => {
    const half = JSON.stringify({
      choices: [
        {
          delta: {
            tool_calls: [{ index: 0, id: 'a', function: { name: 'finish', arguments: '{"summary":"x"}' } }],
          },
        },
      ],
    });
    const { proposal } = await propose(
      [{ say: 'events', data: [half, '[DONE]'] }],
      {},
      { serverLimits: { tries: 1 } },
    );
    expect(proposal.end).toBe('unreachable');
    expect(proposal.usage).toMatchObject({ requests: 1, estimated: true });
  });
});

describe('the pause before the next try', () => {
  test('is at least the one that the server asks for', async () => {
    const answer: ScriptedAnswer = { say: 'status', status: 429, headers: { 'retry-after': '0.05' } };
    const { proposal } = await propose([answer, done]);
    expect(failures(proposal)[0]?.again).toBeGreaterThanOrEqual(50);
  });

  test('may be asked for by a date', async () => {
    const past = new Date(Date.now() - 60_000).toUTCString();
    const answer: ScriptedAnswer = { say: 'status', status: 429, headers: { 'retry-after': past } };
    const { proposal } = await propose([answer, done]);
    expect(proposal.end).toBe('finished');
  });

  test('is bounded: a server that asks for an hour is not asked again', async () => {
    const answer: ScriptedAnswer = { say: 'status', status: 503, headers: { 'retry-after': '3600' } };
    const { proposal, server } = await propose([answer, done]);
    expect(proposal.end).toBe('unreachable');
    expect(server.requests).toHaveLength(1);
  });

  test('ends when the run is cancelled', async () => {
    const answer: ScriptedAnswer = { say: 'status', status: 429, headers: { 'retry-after': '3600' } };
    const cancel = new AbortController();
    // The reason of the failure is cleaned right before the pause.
    const redact = (text: string): string => {
      if (text.includes('status 429')) setImmediate(() => cancel.abort());
      return text;
    };
    const { agent } = await agentFor([answer], { serverLimits: { longestWait: 1e7 }, redact });
    const proposal = await agent.propose(task(), null, cancel.signal);
    expect(proposal.end).toBe('cancelled');
    expect(failures(proposal)).toHaveLength(1);
  });
});

describe('a server that is slow', () => {
  test.each([
    ['never starts', 'request', { ...never, start: 20 }, 'did not start to answer'],
    ['says no word', 'headers', { ...never, start: 20 }, 'did not start to answer'],
    ['stops between two words', 'words', { ...never, idle: 20 }, 'sent nothing more'],
    ['takes too long over all', 'words', { ...never, whole: 20 }, 'did not end its answer'],
  ] as const)('%s', async (_, after, limits, words) => {
    const { proposal } = await propose(
      [{ say: 'nothing', after }],
      {},
      { serverLimits: { ...limits, tries: 2 } },
    );
    expect(proposal.end).toBe('unreachable');
    expect(failures(proposal).map(({ reason }) => reason)).toEqual([
      expect.stringContaining(words),
      expect.stringContaining(words),
    ]);
  });

  test.each(['request', 'headers', 'words'] as const)(
    'is left when the run is cancelled: %s',
    async (after) => {
      const cancel = new AbortController();
      const { agent, server } = await agentFor([{ say: 'nothing', after }], { serverLimits: never });
      const proposed = agent.propose(task(), null, cancel.signal);
      await server.asked(1);
      cancel.abort();
      const proposal = await proposed;
      expect(proposal).toMatchObject({ end: 'cancelled' });
      expect(proposal.tree).toEqual(TREE);
      expect(server.requests).toHaveLength(1);
    },
  );

  test('is not asked at all when the run was cancelled before', async () => {
    const { agent, server } = await agentFor([done]);
    const proposal = await agent.propose(task(), null, AbortSignal.abort());
    expect(proposal.end).toBe('cancelled');
    expect(server.requests).toHaveLength(0);
  });
});

describe('a server that says too much', () => {
  test.each(['too-much', 'one-line'])('%s: bytes', async (name) => {
    const { proposal, server } = await propose(HOSTILE[name] ?? [], {}, { serverLimits: { bytes: 100_000 } });
    expect(proposal).toMatchObject({ end: 'unreachable', reason: expect.stringContaining('0.1 MB') });
    expect(server.requests).toHaveLength(1);
  });

  test('characters', async () => {
    const { proposal } = await propose(
      HOSTILE['too-much'] ?? [],
      {},
      { limits: { answerCharacters: 1_000 } },
    );
    expect(proposal).toMatchObject({
      end: 'unreachable',
      reason: expect.stringContaining('1000 characters'),
    });
  });
});

describe('a server that redirects', () => {
  test('is not followed: notebook and key stay where the operator sent them', async () => {
    let visits = 0;
    const elsewhere = createServer((_, out) => {
      visits += 1;
      out.end();
    });
    await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
    const { port } = elsewhere.address() as AddressInfo;
    const { proposal } = await propose([
      { say: 'redirect', to: `http://127.0.0.1:${port}/v1/chat/completions` },
    ]);
    expect(proposal).toMatchObject({
      end: 'unreachable',
      reason: expect.stringContaining('redirects (307)'),
    });
    expect(failures(proposal)).toHaveLength(1);
    expect(visits).toBe(0);
    await new Promise((closed) => elsewhere.close(closed));
  });
});

describe('the key', () => {
  test('stands in the header alone', async () => {
    const { proposal, server } = await propose([done], {
      plan: `the key is ${KEY}`,
      notebook: { path: 'a.ipynb', cells: [{ index: 0, kind: 'code', code: `key = "${KEY}"` }] },
    });
    const [request] = server.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    const others = { ...request?.headers, authorization: '' };
    expect(JSON.stringify([others, request?.path, request?.text])).not.toContain(KEY);
    expect(JSON.stringify(proposal)).not.toContain(KEY);
    expect(request?.text).toContain('[hidden]');
  });

  test('is hidden where the server repeats it', async () => {
    const message = `Incorrect API key provided: ${KEY}, base64 ${Buffer.from(KEY).toString('base64')}`;
    const { proposal } = await propose([{ say: 'status', status: 401, message }]);
    expect(proposal.reason).toContain('Incorrect API key provided: [hidden]');
    expect(JSON.stringify(proposal)).not.toContain(KEY);
    expect(JSON.stringify(proposal)).not.toContain(Buffer.from(KEY).toString('base64').slice(0, 20));
  });

  test('is not sent where there is none, and nothing of the environment is', async () => {
    const planted = {
      OPENAI_API_KEY: 'from-the-environment',
      OPENAI_ADMIN_KEY: 'from-the-environment',
      OPENAI_ORG_ID: 'from-the-environment',
      OPENAI_PROJECT_ID: 'from-the-environment',
      OPENAI_BASE_URL: 'http://127.0.0.1:1/from-the-environment',
      OPENAI_CUSTOM_HEADERS: 'x-more: from-the-environment',
    };
    Object.assign(process.env, planted);
    try {
      const { proposal, server } = await propose([done], {}, { endpoint: { apiKey: null } });
      expect(proposal.end).toBe('finished');
      expect(Object.keys(server.requests[0]?.headers ?? {}).sort()).toEqual([
        ...[
          'accept',
          'accept-encoding',
          'accept-language',
          'connection',
          'content-length',
          'content-type',
          'host',
        ],
        ...['sec-fetch-mode', 'user-agent'],
      ]);
      expect(JSON.stringify(server.requests)).not.toContain('from-the-environment');
    } finally {
      for (const name of Object.keys(planted)) delete process.env[name];
    }
  });
});

test('nothing is written to the console, whatever the environment asks for', async () => {
  const written: unknown[] = [];
  const spies = (['debug', 'info', 'warn', 'error', 'log'] as const).map((level) =>
    jest.spyOn(console, level).mockImplementation((...words: unknown[]) => void written.push(words)),
  );
  process.env['OPENAI_LOG'] = 'debug';
  try {
    await propose([{ say: 'events', data: ['{"choices'] }]);
    expect(written).toEqual([]);
  } finally {
    delete process.env['OPENAI_LOG'];
    for (const spy of spies) spy.mockRestore();
  }
});

test('a server that refuses to count tokens is asked without the question', async () => {
  const { proposal, server } = await propose((request) =>
    request.body.stream_options === undefined
      ? { ...done, tokens: null }
      : { say: 'status', status: 422, message: 'extra_forbidden: stream_options' },
  );
  expect(proposal).toMatchObject({ end: 'finished', usage: { requests: 2, estimated: true } });
  expect(proposal.usage.promptTokens).toBeGreaterThan(100);
  expect(server.requests).toHaveLength(2);
});
