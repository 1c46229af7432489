import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from '@jest/globals';
import { DEFAULT_POLICY } from '../src/guardrails/policy.ts';
import type { FileTree } from '../src/lib/file-tree.ts';
import type { Source } from '../src/lib/source.ts';
import type { Observation } from '../src/notebook/observation.ts';
import { type Outcome, productionize } from '../src/pipeline.ts';
import { formatPython, lintPython } from '../src/python/format.ts';
import { createDockerSandbox } from '../src/sandbox/docker-engine.ts';
import type { Sandbox } from '../src/sandbox/sandbox.ts';
import type { ObservedRun } from '../src/verify/observe.ts';
import { type GoldenCase, suite } from './golden.ts';

// The compiler on small notebooks, each about one claim. Where case.yml says `observed: true`, the run of the notebook is the
// one that observation.json keeps, so no engine is needed. With an engine, it is recorded anew by
//   ARCHITECT_RECORD=1 UPDATE_GOLDEN=1 npm test -- compile

const recording = process.env['ARCHITECT_RECORD'] === '1';
const LIMITS = { seconds: 300, memory: 2048 };

/** Golden by name only: the same in every package, or held to its bytes by the suites of frame, tests and report. */
const HELD_ELSEWHERE = [
  /^(REPORT\.md|MLproject|Makefile|pyproject\.toml|python_env\.yaml|constraints\.txt|requirements-dev\.txt)$/,
  /^tests\/|(^|\/)__init__\.py$|^configs\/mlflow_pipeline\.yaml$/,
  /^src\/(config|errors|runtime|tracking|data\/fitted)\.py$/,
];

suite(join(import.meta.dirname, '../fixtures/compile'), async (golden) => {
  const observed = golden.settings['observed'] === true ? await observedRun(golden) : undefined;
  const { tree, diagnostics } = await compile(golden, observed);
  expect(findProblems(tree)).toEqual([]);
  expect(await compile(golden, observed)).toEqual({ tree, diagnostics });
  return {
    ...Object.fromEntries(
      Object.entries(tree).filter(([path]) => !HELD_ELSEWHERE.some((pattern) => pattern.test(path))),
    ),
    'files.txt': `${Object.keys(tree).sort().join('\n')}\n`,
    'diagnostics.json': `${JSON.stringify(diagnostics, null, 2)}\n`,
  };
});

/** The real pipeline with a step that is known already, and without an engine. */
async function compile(
  golden: GoldenCase,
  observed: ObservedRun | undefined,
): Promise<{ tree: FileTree; diagnostics: Outcome['diagnostics'] }> {
  let tree: FileTree = {};
  const { diagnostics } = await run(golden, null, {
    publish: (published) => (tree = published),
    known: observed === undefined ? {} : { observe: observed },
  });
  return { tree, diagnostics };
}

function run(
  golden: GoldenCase,
  sandbox: Sandbox | null,
  options: {
    publish?: (tree: FileTree) => void;
    known?: Record<string, unknown>;
    told?: (name: string, value: unknown) => void;
  },
): Promise<Outcome> {
  const source = sourceOf(golden.folder);
  const repo = {
    checkout: async (): Promise<Source> => source,
    root: '.',
    folder: 'package',
    publish: async (tree: FileTree): Promise<string> => {
      options.publish?.(tree);
      return 'package';
    },
  };
  const step = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const value = (options.known?.[name] as T | undefined) ?? (await work());
    options.told?.(name, value);
    return value;
  };
  const guard = { policy: DEFAULT_POLICY, folder: 'package', entries: {}, ours: [] };
  const request = { target: null, limits: LIMITS, guard, diagnostics: [] };
  return productionize(request, { repo, sandbox, say: () => undefined }, step);
}

/** The case as a working tree: what we expect of it is not in it. */
function sourceOf(root: string): Source {
  const ours = /^(case\.yml|observation\.json|expected\/.*)$/;
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !ours.test(path))
    .sort()
    .map((path) => ({ path, bytes: statSync(join(root, path)).size, modified: 0 }));
  const text = readFileSync(join(root, 'notebook.ipynb'), 'utf8');
  return { root, path: 'notebook.ipynb', text, files, notes: [] };
}

/** What one run of the notebook showed: read, or recorded with an engine. */
async function observedRun(golden: GoldenCase): Promise<ObservedRun> {
  const file = join(golden.folder, 'observation.json');
  if (recording) writeFileSync(file, `${JSON.stringify(await record(golden), null, 1)}\n`);
  const observation = JSON.parse(readFileSync(file, 'utf8')) as Observation;
  return { observation, environment: null, notes: [] };
}

async function record(golden: GoldenCase): Promise<Observation> {
  const sandbox = createDockerSandbox();
  const enough = new Error('observed');
  let observed: ObservedRun | undefined;
  try {
    await run(golden, sandbox, {
      told: (name, value) => {
        if (name !== 'observe') return;
        observed = value as ObservedRun;
        throw enough;
      },
    });
  } catch (error) {
    if (error !== enough) throw error;
  } finally {
    await sandbox.close();
  }
  const environment = observed?.environment;
  if (observed === undefined || environment === null || environment === undefined)
    throw new Error(`${golden.name} was not run: ${observed?.notRun?.message ?? 'refused'}`);
  // Times differ from run to run, and of the environment only what the package asks for can be seen in it.
  const wanted = new Set([...environment.requirements, 'cloudpickle']);
  const { observation } = observed;
  const versions = Object.entries(observation.versions).filter(([name]) => wanted.has(name));
  return {
    ...observation,
    versions: Object.fromEntries(versions),
    statements: observation.statements.map((statement) => ({ ...statement, seconds: 0 })),
    seconds: 0,
  };
}

/** What is wrong with the Python of a package, whatever it should be. */
function findProblems(tree: FileTree): string[] {
  return Object.entries(tree)
    .filter(([path]) => path.endsWith('.py'))
    .flatMap(([path, text]) => [
      ...lintPython(text, path).map(({ code, line, message }) => `${path}:${line} ${code} ${message}`),
      ...(formatPython(text, { lineLength: 100 }) === text ? [] : [`${path} is not formatted`]),
    ]);
}
