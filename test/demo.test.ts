import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { renderForTerminal } from '../src/report/terminal.ts';
import { root } from './run-tool.ts';

const reports = readdirSync(join(root, 'fixtures/report'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const reportOf = (name: string): string =>
  readFileSync(join(root, 'fixtures/report', name, 'expected/REPORT.md'), 'utf8');

describe('a report on a terminal', () => {
  test.each(reports)('%s keeps to its width, and holds nothing that moves the cursor', (name) => {
    for (const width of [60, 100]) {
      const text = renderForTerminal(reportOf(name), { width, color: false });
      const tooWide = text.split('\n').filter((line) => line.length > width && !line.startsWith('    '));
      expect(tooWide).toEqual([]);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    }
  });

  test('shows tables in columns, code without its marks, and of what is folded the title', () => {
    const markdown = [
      '# A `title`',
      '',
      '| Metric | Value |',
      '|---|---|',
      '| `r2` | 0.5 &lt; 1 |',
      '| a long name | **1** |',
      '',
      '<details>',
      '<summary>More of <code>it</code></summary>',
      '',
      '| Hidden | |',
      '|---|---|',
      '',
      '</details>',
      '',
      '- last',
    ].join('\n');
    expect(renderForTerminal(markdown, { width: 40, color: false })).toBe(
      [
        'A title',
        '',
        'Metric       Value',
        '───────────  ───────',
        'r2           0.5 < 1',
        'a long name  1',
        '',
        '▸ More of it',
        '- last',
        '',
      ].join('\n'),
    );
  });

  test('colours what it shows, and closes every colour on its line', () => {
    const text = renderForTerminal('**one two three** and `four five`', { width: 12, color: true });
    expect(text).toBe(
      '\u001b[1mone two\u001b[0m\n\u001b[1mthree\u001b[0m and\n\u001b[36mfour five\u001b[0m\n',
    );
  });

  test('of foreign text, control characters become visible', () => {
    const text = renderForTerminal('a \u001b[2J `b\u001b]0;x\u0007`\n', { width: 80, color: false });
    expect(text).toBe('a \\u001b[2J b\\u001b]0;x\\u0007\n');
  });
});

describe('the demo', () => {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'architect-demo-test-'));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  const demo = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(root, 'src/demo.ts'), ...args], {
      encoding: 'utf8',
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        TMPDIR: scratch,
        DOCKER_HOST: 'unix:///nowhere/docker.sock',
      },
    });

  test('without an engine shows the package and says what is missing; nothing stays', () => {
    const { status, stdout, stderr } = demo();
    expect(status).toBe(3);
    expect(stderr).toContain('Write the package');
    expect(stdout).toContain('Production package from rentals.ipynb');
    expect(stdout).toMatch(/├── train\.py|└── train\.py/);
    expect(stdout).toMatch(/Not verified, and this is the package that needs no run\. .*engine/);
    expect(stdout).not.toContain(scratch);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('--out keeps notebook, data and package, and takes no folder of somebody else', () => {
    const out = join(scratch, 'made');
    const { status, stdout } = demo('--static', '--out', out);
    expect(status).toBe(3);
    expect(stdout).toContain(`cd ${out}/productionized/rentals`);
    expect(existsSync(join(out, 'data/rentals.csv'))).toBe(true);
    expect(existsSync(join(out, 'productionized/rentals/src/training/train.py'))).toBe(true);
    expect(readdirSync(scratch)).toEqual(['made']);
    rmSync(join(out, 'rentals.ipynb'));
    expect(demo('--static', '--out', out).status).toBe(2);
  });

  test('an option that it does not know is bad usage', () => {
    expect(demo('--fast')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Usage: npm run demo'),
    });
  });
});
