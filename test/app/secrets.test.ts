import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { answersOf, notebookOf, pullsOf, REPOSITORY, startWorld, type World } from './app.ts';
import { stubPipeline } from './stub-pipeline.ts';
import { linesOfKey, secretsIn, watchGit, watchTokens } from './watch-secrets.ts';

let world: World;
afterEach(() => world.close());

function textsBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n');
}

describe('secrets', () => {
  test('are in no log, comment, pull request, check, argument, file or environment but the one of git', async () => {
    const git = watchGit();
    const { tokens, restore } = watchTokens();
    try {
      // A pipeline that tries to carry them out: in its report, its progress, its failure. What a guardrail would stop
      // anyway is not in the report.
      const leak = (): string =>
        [world.settings.privateKey, world.settings.webhookSecret, ...tokens].join(' ');
      const report = (): string =>
        [world.settings.webhookSecret, ...tokens]
          .map((text) => Buffer.from(`: ${text} :`).toString('base64'))
          .join('\n');
      const inner = stubPipeline({
        middle: async (call) => {
          if (call > 1) throw new Error(`failed with ${leak()}`);
        },
      });
      const environments: string[] = [];
      world = await startWorld(
        { 'a.ipynb': notebookOf('print(1)\n') },
        {
          pipeline: async (request, ports, step) => {
            environments.push(JSON.stringify(process.env));
            ports.say(leak());
            const publish = ports.repo.publish;
            const repo = {
              ...ports.repo,
              publish: (tree: Record<string, string>, verdict: Parameters<typeof publish>[1]) =>
                publish({ ...tree, 'REPORT.md': `# Report\n${report()}\n` }, verdict),
            };
            return inner(request, { ...ports, repo }, step);
          },
        },
      );
      const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
      await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
      await world.settle();
      await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
      await world.settle();
      expect(tokens.length).toBeGreaterThanOrEqual(6);
      const [pull] = await pullsOf(world);
      const seen: Record<string, string> = {
        log: world.log.join(''),
        comments: (await answersOf(world, issue)).join('\n'),
        'pull request': pull?.body ?? '',
        writes: JSON.stringify(world.github.trace().map(({ path, requestBody }) => [path, requestBody])),
        arguments: git.read('arguments'),
        '.git/config': git.read('config'),
        environment: environments.join('\n'),
        report: (await world.github.readFile(REPOSITORY, 'architect/a', 'REPORT.md')) ?? '',
        state: textsBelow(world.settings.state),
      };
      for (const [place, text] of Object.entries(seen)) {
        expect([place, text.length > 0]).toEqual([place, true]);
        const { webhookSecret, privateKey } = world.settings;
        const secrets = [...tokens, webhookSecret, ...linesOfKey(privateKey)];
        expect([place, secretsIn(text, secrets)]).toEqual([place, []]);
      }
      // git needs the one token that reads, and gets it in its environment alone; it gets nothing else of ours.
      const names = new Set([...git.read('environment').matchAll(/^(\w+)=/gm)].map(([, name]) => name));
      expect(
        [...names].filter(
          (name) =>
            !/^GIT_|^(PATH|HOME|LC_ALL|PWD|OLDPWD|SHLVL|_|SSL_CERT_FILE|(https?|no)_proxy)$/i.test(
              name ?? '',
            ),
        ),
      ).toEqual([]);
      expect(git.read('environment')).not.toContain(world.settings.webhookSecret);
    } finally {
      restore();
      git.restore();
    }
  });

  test('tokens have the fewest rights, and are revoked', async () => {
    world = await startWorld({ 'a.ipynb': notebookOf('print(1)\n') });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    const trace = world.github.trace();
    const minted = trace.filter(({ path, caller }) => caller === 'app' && path.endsWith('/access_tokens'));
    const rights = minted.map(
      ({ requestBody }) => requestBody as { permissions: object; repository_ids: number[] },
    );
    expect(rights.every(({ repository_ids: ids }) => ids.length === 1)).toBe(true);
    const writers = rights.filter(
      ({ permissions }) => 'contents' in permissions && permissions.contents === 'write',
    );
    expect(writers).toHaveLength(1);
    expect(
      trace.filter(({ method, path }) => method === 'DELETE' && path === '/installation/token'),
    ).toHaveLength(minted.length);
  });
});
