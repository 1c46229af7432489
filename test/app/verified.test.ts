import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { readModelSettings } from '../../src/config/model-settings.ts';
import { productionize } from '../../src/pipeline.ts';
import { createDockerSandbox } from '../../src/sandbox/docker-engine.ts';
import { good, LOADER, MORE_TESTS } from '../agents/good-model.ts';
import { type ScriptedModel, startScriptedModel } from '../agents/scripted-model.ts';
import { root } from '../run-tool.ts';
import { engineTest } from '../sandbox/engine.ts';
import { answersOf, checksOf, pullsOf, REPOSITORY, startWorld, type World } from './app.ts';
import { linesOfKey, secretsIn, watchContainers, watchGit, watchTokens } from './watch-secrets.ts';

const KEY = 'sk-the-key-of-the-operator-0123456789';
const BRANCH = 'architect/rentals';
/** A package is made and proved twice: a slow machine must not fail the test. */
const PATIENCE = 1_800_000;

/** The files of the demo, and a model that the repository asks for. */
function repository(): Record<string, string> {
  const folder = join(root, 'fixtures/demo');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return {
    ...Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
    '.architect.yaml': 'llm: {model: openai/good}\n',
  };
}

describe('the whole App, with an engine and a model that refines the package', () => {
  const sandbox = createDockerSandbox();
  let server: ScriptedModel;
  let world: World;
  beforeAll(async () => {
    server = await startScriptedModel({ good });
    const models = readModelSettings({
      ARCHITECT_MODELS: 'openai/good',
      ARCHITECT_MODEL_PROVIDERS: `openai=${server.baseUrl}#OPENAI_API_KEY`,
      OPENAI_API_KEY: KEY,
    });
    world = await startWorld(repository(), { pipeline: productionize, sandbox, models });
  });
  afterAll(async () => {
    await world.close();
    await server.close();
    await sandbox.close();
  });

  engineTest(
    'opens a ready pull request with what the model wrote, and shows no secret to anybody',
    async () => {
      const git = watchGit();
      const watched = watchTokens();
      const containers = await watchContainers();
      try {
        const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
        await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
        await world.settle();

        const [pull, ...more] = await pullsOf(world);
        expect(more).toEqual([]);
        expect(pull).toMatchObject({ draft: false, head: { ref: BRANCH } });
        expect(pull?.body).toMatch(/\*\*Verified\.\*\* .* are equal bit for bit\./);
        expect(pull?.body).toContain('2 kept, 0 dropped');
        expect(await world.github.readFile(REPOSITORY, BRANCH, LOADER)).toContain('"""Fill gaps in humidity');
        expect(await world.github.readFile(REPOSITORY, BRANCH, 'tests/test_raw_table.py')).toBe(MORE_TESTS);
        const sha = (await world.github.branches(REPOSITORY))['main'] ?? '';
        expect(await checksOf(world, sha)).toMatchObject([{ status: 'completed', conclusion: 'success' }]);

        // The notebook, its kept statements, the package twice, its tests, its commands and the tools.
        const inspected = await containers.inspected();
        expect(inspected.length).toBeGreaterThan(8);
        const seen: Record<string, string> = {
          ...Object.fromEntries(inspected.map((one, index) => [`container ${index}`, JSON.stringify(one)])),
          log: world.log.join(''),
          comments: (await answersOf(world, issue)).join('\n'),
          'pull request': pull?.body ?? '',
          'git arguments': git.read('arguments'),
          '.git/config': git.read('config'),
          'what the model was shown': server.requests.map(({ text }) => text).join('\n'),
        };
        const { privateKey, webhookSecret } = world.settings;
        const secrets = [...watched.tokens, webhookSecret, KEY, ...linesOfKey(privateKey)];
        expect(watched.tokens.length).toBeGreaterThanOrEqual(3);
        for (const [place, text] of Object.entries(seen))
          expect([place, secretsIn(text, secrets)]).toEqual([place, []]);
      } finally {
        containers.stop();
        watched.restore();
        git.restore();
      }
    },
    PATIENCE,
  );

  engineTest('where a secret was in a container, it would be seen', async () => {
    const containers = await watchContainers();
    const { webhookSecret } = world.settings;
    const hidden = Buffer.from(`x${webhookSecret}`).toString('base64');
    await sandbox.run({ name: 'test', command: ['true', KEY], variables: { HIDDEN: hidden } });
    const text = JSON.stringify(await containers.inspected());
    containers.stop();
    expect(secretsIn(text, [webhookSecret, KEY])).toEqual([webhookSecret, KEY]);
  });
});
