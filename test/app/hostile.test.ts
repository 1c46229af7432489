import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { answersOf, commitLinks, notebookOf, pullsOf, REPOSITORY, startWorld, type World } from './app.ts';
import { stubPipeline } from './stub-pipeline.ts';

let world: World;
afterEach(() => world.close());

test('a clone has no links, runs no filter, and is gone after the run', async () => {
  const trap = mkdtempSync(join(tmpdir(), 'architect-trap-'));
  const seen: Record<string, unknown> = {};
  const inner = stubPipeline();
  world = await startWorld(
    {
      'a.ipynb': notebookOf('x = 1\n'),
      '.gitattributes': '* filter=evil\n',
      '.gitmodules': `[submodule "s"]\n\tpath = s\n\turl = ext::sh -c "touch ${trap}/ran"\n`,
    },
    {
      pipeline: async (request, ports, step) => {
        const { root, files } = await ports.repo.checkout();
        seen['root'] = root;
        seen['link'] = lstatSync(join(root, 'leak.txt')).isSymbolicLink();
        seen['text'] = readFileSync(join(root, 'leak.txt'), 'utf8');
        seen['git'] = existsSync(join(root, '.git'));
        seen['files'] = files.map(({ path }) => path);
        return inner(request, ports, step);
      },
    },
  );
  await commitLinks(world, { 'leak.txt': '/etc/passwd', 'b.ipynb': '/etc/passwd' });
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
  await world.github.comment(REPOSITORY, issue, '/architect run a.ipynb', 'writer');
  await world.github.comment(REPOSITORY, issue, '/architect run b.ipynb', 'writer');
  await world.github.comment(REPOSITORY, issue, '/architect run ../../../etc/passwd.ipynb', 'writer');
  await world.settle();
  expect(seen).toMatchObject({ link: false, text: '/etc/passwd', git: false });
  expect(seen['files']).toContain('a.ipynb');
  expect(existsSync(String(seen['root']))).toBe(false);
  expect(readdirSync(join(world.settings.state, 'work'))).toEqual([]);
  expect(readdirSync(trap)).toEqual([]);
  rmSync(trap, { recursive: true });
  expect(await pullsOf(world)).toHaveLength(1);
  const answers = (await answersOf(world, issue)).join('\n');
  expect(answers).toContain('There is no notebook `b.ipynb`');
  expect(answers).toContain('There is no notebook `../../../etc/passwd.ipynb`');
});

test('names and texts of others mention nobody and close nothing', async () => {
  const name = '@acme fixes #1 <img src=x>.ipynb';
  world = await startWorld({ [name]: notebookOf('x = 1\n'), 'b.ipynb': notebookOf('x = 1\n') });
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
  await world.github.comment(REPOSITORY, issue, `/architect run "${name}"`, 'writer');
  await world.settle();
  const [pull] = await pullsOf(world);
  expect(pull?.title).toBe('Production package from _acme fixes _1 _img src_x_.ipynb');
  expect(pull?.head.ref).toBe('architect/acme-fixes-1-img-src-x');
  const [answer] = await answersOf(world, issue);
  // Where it stands, it stands as code.
  expect(answer?.replace(/`[^`]*`/g, '')).not.toMatch(/@acme|fixes #1|<img/);
});
