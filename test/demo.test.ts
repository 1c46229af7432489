import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
    spawnSync(process.execPath, [join(root, 'demo/demo.ts'), ...args], {
      encoding: 'utf8',
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        TMPDIR: scratch,
        DOCKER_HOST: 'unix:///nowhere/docker.sock',
      },
    });

  test('without an engine opens a draft and says what is missing; nothing stays', () => {
    const { status, stdout } = demo();
    expect(status).toBe(3);
    expect(stdout).toMatch(/queued|in_progress/);
    expect(stdout).toContain('Draft: forecast ← architect/rentals');
    expect(stdout).toMatch(/Not verified.*engine/);
    expect(stdout).toMatch(/├── train\.py|└── train\.py/);
    expect(stdout).toContain('== 5 commits');
    expect(stdout).toMatch(/Back on #1: 1 check, 1 comment/);
    expect(stdout).not.toContain(scratch);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('an option that it does not know is bad usage', () => {
    expect(demo('--fast')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Usage: npm run demo'),
    });
  });
});
