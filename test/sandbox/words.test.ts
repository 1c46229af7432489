import { expect, test } from '@jest/globals';
import { createDockerSandbox } from '../../src/sandbox/docker-engine.ts';
import { explain, mentions } from '../../src/sandbox/install-reason.ts';
import { BoundedOutput, FrameReader } from '../../src/sandbox/output.ts';
import { unusable } from '../../src/sandbox/requirements.ts';

// What the resolver says, and what we make of it.
const said = (cause: string) =>
  `Using Python 3.11.2\nerror: No solution found when resolving dependencies\n  cause: ${cause}\n\nhint: none\n`;

test.each([
  [
    'Because nothing-here was not found in the package registry and you require nothing-here, we can conclude that your requirements are unsatisfiable.',
    'The package index has no distribution `nothing-here`.',
  ],
  [
    'Because there is no version of pandas==77 and you require pandas==77, we can conclude that your requirements are unsatisfiable.',
    'The package index has no `pandas==77`.',
  ],
  [
    'Because tensorflow==2.15.0 depends on numpy>=1.23.5,<2.0.0 and you require numpy>=2, we can conclude that your requirements and tensorflow==2.15.0 are incompatible.\n         And because you require tensorflow==2.15.0, we can conclude that your requirements are unsatisfiable.',
    '`tensorflow==2.15.0` needs `numpy>=1.23.5,<2.0.0`, but `numpy>=2` is asked for.',
  ],
  [
    'Because mlflow==2.9.0 depends on pyarrow>=4.0.0,<15 and you require mlflow==2.9.0, we can conclude that you require pyarrow>=4.0.0,<15.\n         And because you require pyarrow==20.0.0, we can conclude that your requirements are unsatisfiable.',
    '`mlflow==2.9.0` needs `pyarrow>=4.0.0,<15`, but `pyarrow==20.0.0` is asked for.',
  ],
  [
    'Because you require numpy==1.26.4 and numpy==2.0.0, we can conclude that your requirements are unsatisfiable.',
    '`numpy==1.26.4` and `numpy==2.0.0` are both asked for.',
  ],
  [
    'Because tensorflow==1.15.0 has no wheels with a matching Python ABI tag (e.g., `cp311`) and you require tensorflow==1.15, we can conclude that your requirements are unsatisfiable.',
    'There is no wheel of `tensorflow==1.15.0` for this Python, and the sandbox installs wheels only and builds nothing from source.',
  ],
  ['something that nobody foresaw', 'something that nobody foresaw'],
])('%s', (cause, reason) => {
  expect(explain(said(cause))).toBe(reason);
});

test('an index that cannot be reached, or is not trusted, is named without its password', () => {
  const failed = 'error: Request failed\n  cause: Failed to fetch: https://me:word@host.example/simple/six/\n';
  expect(explain(`${failed}  cause: dns error`)).toMatch(/^The package index at host.example could not be reached/);
  expect(explain(`${failed}  cause: invalid peer certificate: UnknownIssuer`)).toMatch(/host.example is not trusted/);
});

test('whose constraint is in the way is read from the explanation', () => {
  const log = said('Because only torch_geometric<2 is available and you require torch==2, we can conclude');
  expect(mentions(log, 'torch')).toBe(true);
  expect(mentions(log, 'torch-geometric')).toBe(true);
  expect(mentions(log, 'numpy')).toBe(false);
});

test('a requirement is a name with versions and nothing else', () => {
  const fine = [
    'pandas',
    'scikit-learn==1.5.0',
    'numpy>=1.20,<2',
    'numpy >= 1.20, != 1.21.*',
    'mlflow[extras,gateway]~=3.0',
    'tomli; python_version < "3.11"',
    'torch==2.13.0+cpu',
    'x===1.0',
  ];
  expect(unusable(fine)).toEqual([]);
  const wrong = [
    '--index-url https://x',
    '-r /etc/passwd',
    'a @ https://x/a.whl',
    'git+https://x/a',
    './here',
    '/abs.whl',
    'a --hash=sha256:0',
    'a b',
    'a; ${SECRET}',
    'a\nb',
    'a \\',
    '',
  ];
  expect(unusable(wrong)).toEqual(wrong);
});

test('frames are taken apart wherever the stream is cut', () => {
  const frame = (stream: number, text: string) => {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };
  const bytes = Buffer.concat([frame(1, 'out'), frame(2, 'error'), frame(1, ''), frame(1, ' and más')]);
  for (const size of [1, 3, 8, 11, 1000]) {
    const [stdout, stderr] = [new BoundedOutput(100), new BoundedOutput(3)];
    const frames = new FrameReader(
      (part) => stdout.add(part),
      (part) => stderr.add(part),
    );
    for (let at = 0; at < bytes.length; at += size) frames.push(bytes.subarray(at, at + size));
    expect([stdout.text(), stdout.truncated]).toEqual(['out and más', false]);
    expect([stderr.text(), stderr.truncated, stderr.seen]).toEqual(['err', true, 5]);
  }
});

test('a hundred thousand tiny frames are read at once and do not exhaust the stack', () => {
  const one = Buffer.from([1, 0, 0, 0, 0, 0, 0, 1, 120]);
  const output = new BoundedOutput(10);
  const frames = new FrameReader((part) => output.add(part), () => undefined);
  frames.push(Buffer.concat(new Array<Buffer>(100_000).fill(one)));
  expect(output.seen).toBe(100_000);
});

test('without an engine the status says what to do, and a run refuses with the same words', async () => {
  const sandbox = createDockerSandbox({ socket: '/nowhere/docker.sock' });
  const status = await sandbox.status();
  expect(status).toMatchObject({
    kind: 'absent',
    reason: expect.stringContaining('No container engine answers at /nowhere/docker.sock'),
    advice: expect.stringMatching(/architect sandbox up.*--static/),
  });
  await expect(sandbox.run({ name: 'test', command: ['true'] })).rejects.toMatchObject({
    message: status.kind === 'absent' ? status.reason : '',
    help: status.kind === 'absent' ? status.advice : '',
  });
  await sandbox.close();
});
