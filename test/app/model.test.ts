import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { readModelSettings } from '../../src/config/model-settings.ts';
import { productionize } from '../../src/pipeline.ts';
import { type Script, type ScriptedModel, startScriptedModel } from '../agents/scripted-model.ts';
import { refines } from '../agents/scripts.ts';
import { fakeSandbox } from '../gate/fake-sandbox.ts';
import { root } from '../run-tool.ts';
import { pullsOf, REPOSITORY, startWorld, type World } from './app.ts';

const KEY = 'sk-the-key-of-the-operator-0123456789';
const LOADER = 'src/data/loader.py';

let world: World;
let server: ScriptedModel;
afterEach(async () => {
  await world.close();
  await server.close();
});

/** The App with an operator who allows one model, and a repository that names another or the same. */
async function run(wanted: string, script: Script): Promise<void> {
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
  await world.settle();
}

test('a job asks the model that repository and operator agree on, and gives it nothing of GitHub', async () => {
  await run('openai/good', refines(LOADER, { old: '"""Clean the data', new: '"""Tidy the data' }));
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

test('a model that the operator does not allow is not asked, and the pull request says why', async () => {
  await run('openai/better', []);
  expect(server.requests).toEqual([]);
  const [pull] = await pullsOf(world);
  expect(pull?.body).not.toContain('## What the model changed');
  expect(pull?.body).toContain('whoever runs Architect does not allow it');
});
