import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { readModelSettings } from '../../src/config/model-settings.ts';
import { productionize } from '../../src/pipeline.ts';
import { type Script, type ScriptedModel, startScriptedModel } from '../agents/scripted-model.ts';
import { calls, refines } from '../agents/scripts.ts';
import { fakeSandbox } from '../gate/fake-sandbox.ts';
import { root } from '../run-tool.ts';
import { pullsOf, REPOSITORY, startWorld, type World } from './app.ts';

const KEY = 'sk-the-key-of-the-operator-0123456789';
const LOADER = 'src/data/loader.py';
const FINISH = { name: 'finish', arguments: { summary: 'Done.' } };

let world: World;
let server: ScriptedModel;
afterEach(async () => {
  await world.close();
  await server.close();
});

const REFINES = refines(LOADER, { old: '"""Clean the data', new: '"""Tidy the data' });

/** The App with an operator who allows one model, and a repository that names another or the same, to the end of the run. */
async function run(wanted: string, script: Script): Promise<void> {
  await ask(wanted, script);
  await world.settle();
}

async function ask(wanted: string, script: Script): Promise<void> {
  server = await startScriptedModel({ good: script });
  const models = readModelSettings({
    ARCHITECT_MODELS: 'openai/good',
    ARCHITECT_MODEL_PROVIDERS: `openai=${server.baseUrl}#OPENAI_API_KEY`,
    OPENAI_API_KEY: KEY,
  });
  const notebook = readFileSync(join(root, 'fixtures/demo/rentals.ipynb'), 'utf8');
  const pipeline = 'name: p\nsteps: [{name: harden, agent: build, task: Better docstrings.}]\n';
  const files = {
    'rentals.ipynb': notebook,
    '.architect.yaml': `llm: {model: ${wanted}}\n`,
    'ml-productionize.yaml': pipeline,
  };
  world = await startWorld(files, { pipeline: productionize, sandbox: fakeSandbox(), models });
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
  await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
}

test('a job asks the model that repository and operator agree on, and gives it nothing of GitHub', async () => {
  await run('openai/good', REFINES);
  const [pull] = await pullsOf(world);
  expect(pull?.body).toContain('## What the model changed');
  expect(pull?.body).toMatch(/\| `harden` \| `src\/data\/loader\.py` \| kept \| words of `clean_data` \|/);
  expect(await world.github.readFile(REPOSITORY, 'architect/rentals', LOADER)).toContain('"""Tidy the data');
  expect(server.requests[0]?.text).toContain('Better docstrings.');
  const sent = server.requests.map(({ text, headers }) => text + JSON.stringify(headers)).join('');
  expect(sent).not.toMatch(/gh[psou]_|PRIVATE KEY|x-hub|github_pat/i);
  expect(sent).not.toContain(world.settings.webhookSecret);
  expect(sent).not.toContain(world.settings.state);

  const folder = join(world.settings.state, 'transcripts');
  const [run1 = ''] = readdirSync(folder);
  expect(readdirSync(join(folder, run1))).toEqual(['ask-harden.json']);
  expect(readFileSync(join(folder, run1, 'ask-harden.json'), 'utf8')).toContain('read_file');
  expect(
    [...world.log, pull?.body, readFileSync(join(folder, run1, 'ask-harden.json'), 'utf8')].join(''),
  ).not.toContain(KEY);
});

/** What the pull request holds, as git names it; the list of our files knows the report's digest. */
async function pullFiles(): Promise<Record<string, string>> {
  const path = `/repos/${REPOSITORY}/git/trees/architect%2Frentals?recursive=1`;
  const { data } = await world.github.request<{ tree: { path: string; type: string; sha: string }[] }>(
    'owner',
    'GET',
    path,
  );
  const ours = data.tree.filter(
    ({ path: at, type }) =>
      type === 'blob' && !['REPORT.md', '.architect.json', '.architect.yaml'].includes(at),
  );
  return Object.fromEntries(ours.map(({ path: at, sha }) => [at, sha]));
}

test('a model that does all that is bad leaves the pull request as it is without one, but for the report', async () => {
  await run('openai/better', []);
  const plain = await pullFiles();
  await world.close();
  await server.close();
  const write = (path: string, text: string) => ({ name: 'write_file', arguments: { path, text } });
  const edit = (path: string, old: string, text: string) => ({
    name: 'edit_file',
    arguments: { path, old_text: old, new_text: text },
  });
  await run('openai/good', [
    calls(
      edit(LOADER, 'import pandas as pd', 'import pandas as pd\nfrom numpy import *'),
      edit('src/evaluation/evaluate.py', 'r2 = r2_score(y_test, y_pred)', 'r2 = 0.99'),
      write('rentals.ipynb', '{}'),
      write('../evil.py', 'x = 1\n'),
      write('.github/workflows/x.yml', 'on: push\n'),
      write('tests/test_more.py', '"""More."""\n\nimport requests\n\nrequests.get("http://x", timeout=1)\n'),
    ),
    calls(FINISH),
  ]);
  expect(Object.keys(plain).length).toBeGreaterThan(30);
  expect(await pullFiles()).toEqual(plain);
  const [pull] = await pullsOf(world);
  expect(pull?.body).toContain('0 kept, ');
  expect(pull?.body).toContain('The package is the compiler’s own.');
});

test('a model that the operator does not allow is not asked, and the pull request says why', async () => {
  await run('openai/better', []);
  expect(server.requests).toEqual([]);
  const [pull] = await pullsOf(world);
  expect(pull?.body).not.toContain('## What the model changed');
  expect(pull?.body).toContain('whoever runs Architect does not allow it');
});

test('a run that is stopped while the model is asked goes on after the restart, and opens one pull request', async () => {
  await ask('openai/good', (_, turn) => {
    if (turn === 0) return { say: 'nothing', after: 'words' };
    return (Array.isArray(REFINES) ? REFINES[turn - 1] : undefined) ?? calls(FINISH);
  });
  await server.asked(1);
  await world.restart({ pipeline: productionize, grace: 0 });
  await world.settle();
  expect(world.log.join('')).toContain('"resumed":true');
  const [pull, ...more] = await pullsOf(world);
  expect(more).toEqual([]);
  expect(pull?.body).toMatch(/\| `harden` \| `src\/data\/loader\.py` \| kept \|/);
});
