import type { Sandbox, SandboxJob, SandboxResult } from '../../src/sandbox/sandbox.ts';

/**
 * A sandbox that runs nothing: tools are silent, the notebook does not run, and of the package's tests all pass but those that hold
 * `assert 1 == 2`. So a package has tests and no parity, and the gate has something to compare.
 */
export function fakeSandbox(): Sandbox & { jobs: string[] } {
  const jobs: string[] = [];
  return {
    jobs,
    status: async () => ({ kind: 'ready', engine: 'none', image: 'none' }),
    install: async () => ({
      ...{ kind: 'installed', environment: 'fake', python: '3.11.0', lock: [], durationMs: 0, cached: true },
    }),
    run: async (job) => {
      jobs.push(job.name);
      return { ...NOTHING, ...answer(job) };
    },
    close: async () => undefined,
  };
}

const NOTHING: SandboxResult = {
  ...{ exitCode: 0, timedOut: false, outOfMemory: false, stdout: '', stderr: '', truncated: false },
  ...{ durationMs: 1, files: {}, refused: [] },
};

function answer(job: SandboxJob): Partial<SandboxResult> {
  switch (job.name) {
    case 'ruff check':
    case 'ruff format':
      return {};
    case 'basedpyright':
      return { stdout: JSON.stringify({ generalDiagnostics: [] }) };
    case 'pytest':
      return testResults(job);
    default:
      return { exitCode: 1, stderr: 'nothing is run here' };
  }
}

function testResults({ files = {} }: SandboxJob): Partial<SandboxResult> {
  const cases = Object.entries(files).flatMap(([path, text]) => {
    if (typeof text !== 'string' || !/\/tests\/test_\w+\.py$/.test(path)) return [];
    const module = path.split('/').at(-1)?.replace('.py', '') ?? '';
    const functions = text.split(/^(?=def )/m).filter((part) => part.startsWith('def test_'));
    return functions.map((part) => ({
      case: `classname="tests.${module}" name="${/^def (\w+)/.exec(part)?.[1] ?? ''}"`,
      failed: part.includes('assert 1 == 2'),
    }));
  });
  const failed = cases.some((one) => one.failed);
  const lines = cases.map((one) =>
    one.failed
      ? `<testcase ${one.case}><failure message="assert 1 == 2"/></testcase>`
      : `<testcase ${one.case}/>`,
  );
  const xml = `<testsuites><testsuite>${lines.join('')}</testsuite></testsuites>`;
  return {
    exitCode: failed ? 1 : 0,
    stdout: 'done',
    files: { 'out/junit.xml': new TextEncoder().encode(xml) },
  };
}
