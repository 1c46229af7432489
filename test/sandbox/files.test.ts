import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import { engineTest, python, testSandbox } from './engine.ts';

const { sandbox } = testSandbox();
const host = mkdtempSync(join(tmpdir(), 'architect-tree-'));
afterAll(() => rmSync(host, { recursive: true, force: true }));
mkdirSync(join(host, 'data', 'deep'), { recursive: true });
writeFileSync(join(host, 'data', 'table.csv'), 'a,b\n1,2\n');
writeFileSync(join(host, 'data', 'deep', 'empty'), '');
writeFileSync(join(host, 'secret'), 'of the host');
symlinkSync(join(host, 'secret'), join(host, 'data', 'link'));
symlinkSync(join(host, 'data'), join(host, 'linked'));
writeFileSync(join(host, 'large'), Buffer.alloc(3 << 20, 'z'));

const listing = `import os
for folder, _, names in sorted(os.walk(".")):
    for name in sorted(names): print(os.path.join(folder, name), os.path.getsize(os.path.join(folder, name)))`;

engineTest('trees of the host are copied, links are not', async () => {
  const result = await python(sandbox, listing, {
    trees: [{ from: host, paths: ['data', 'linked/table.csv', 'large'], to: 'in/put' }],
  });
  expect(result.stdout.trim().split('\n')).toEqual([
    './in/put/large 3145728',
    './in/put/data/table.csv 8',
    './in/put/data/deep/empty 0',
  ]);
  expect(result.refused).toEqual(['linked/table.csv: below a link', 'data/link: a link']);
});

engineTest('what goes in belongs to the program', async () => {
  const program = `import os
os.rename("in/data", "in/moved"); open("in/moved/new", "w").close(); os.remove("in/moved/table.csv"); print("ok")`;
  const result = await python(sandbox, program, { trees: [{ from: host, paths: ['data'], to: 'in' }] });
  expect(result).toMatchObject({ stdout: 'ok\n', stderr: '' });
});

engineTest('files that do not fit are named, with what to do', async () => {
  const job = python(sandbox, 'print(1)', {
    trees: [{ from: host, paths: ['large'], to: '' }],
    limits: { workspace: 2 },
  });
  await expect(job).rejects.toMatchObject({
    message: '"large" does not fit into the workspace of 2 MiB.',
    help: expect.stringContaining('workspace'),
  });
});

engineTest('a path must stay below the workspace, on the way in and out', async () => {
  for (const job of [{ files: { '../x': '' } }, { collect: ['/etc/passwd'] }, { folder: 'a/../..' }]) {
    await expect(python(sandbox, 'print(1)', job)).rejects.toThrow('is not a path below the workspace');
  }
});

engineTest('a file that is not there is named', async () => {
  const job = python(sandbox, '', { trees: [{ from: host, paths: ['nothing'], to: '' }] });
  await expect(job).rejects.toThrow('nothing is not there.');
});

engineTest('links, pipes and second names are refused in results, and nothing is followed', async () => {
  const program = `import os
os.makedirs("out/sub")
open("out/kept", "w").write("kept")
os.symlink("/etc/passwd", "out/link"); os.symlink("/etc", "etc"); os.symlink("out", "alias")
os.mkfifo("out/pipe"); os.link("out/kept", "out/second")
open("out/bad\\x1b[2J\\n::name", "w").close()`;
  const result = await python(sandbox, program, { collect: ['out', 'etc/passwd', 'alias/kept', 'out/link'] });
  expect(result.exitCode).toBe(0);
  expect(Object.keys(result.files).sort()).toEqual(['out/bad\x1b[2J\n::name', 'out/kept']);
  expect(result.refused.sort()).toEqual([
    'alias: a link',
    'etc: a link',
    'out/link: a link',
    'out/pipe: no regular file',
    'out/second: a second name of another file',
  ]);
});

engineTest('deep, many and falsely large files are left out, and the rest comes', async () => {
  const program = `import os
open("out.txt", "w").write("here")
os.makedirs("many/" + "/".join(["d"] * 40)); open("many/" + "/".join(["d"] * 40) + "/deep", "w").close()
for number in range(4100): open(f"many/{number}", "w").close()
os.makedirs("huge")
for number in range(20): os.truncate(os.open(f"huge/{number}", os.O_CREAT | os.O_RDWR), 100 << 20)`;
  const started = performance.now();
  const result = await python(sandbox, program, {
    collect: ['out.txt', 'many', 'huge'],
    limits: { workspace: 128, memory: 256 },
  });
  expect(result.stderr).toBe('');
  expect(Buffer.from(result.files['out.txt'] ?? []).toString()).toBe('here');
  expect(Object.keys(result.files).length).toBe(4000);
  expect(result.refused.some((line) => line.endsWith('too deep'))).toBe(true);
  expect(result.refused.some((line) => line.endsWith('too many files'))).toBe(true);
  expect(result.refused.some((line) => line.includes('too large (104857600 bytes)'))).toBe(true);
  expect(result.refused.some((line) => line.includes('too much to read'))).toBe(true);
  expect(result.refused.length).toBeLessThan(300);
  expect(performance.now() - started).toBeLessThan(120_000);
});

engineTest('a whole workspace can be read back', async () => {
  const result = await python(sandbox, 'open("b", "w").write("2")', { files: { 'a/x': '1' }, collect: ['.'] });
  expect(Object.keys(result.files).sort()).toEqual(['a/x', 'b']);
});
