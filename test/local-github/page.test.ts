import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LocalGitHub } from '../../local-github/index.ts';
import { asApp, churn, startAcme } from './world.ts';

let github: LocalGitHub;
let html: string;
let policy: string | null;
beforeAll(async () => {
  github = await startAcme();
  const head_sha = await github.commitFiles(
    'acme/churn',
    'topic',
    { 'a.py': 'print("<b>")\n' },
    { message: 'add <a>' },
  );
  const body = [
    '# Report',
    '| a | b |\n| - | - |\n| 1 | 2 |',
    '<details><summary>More</summary>\n\nfolded **text**\n\n</details>',
    '<script>alert(1)</script><img src=x onerror=alert(1)>',
    '[bad](javascript:alert(1)) [good](https://example.com)',
    '`a < b && "c"`',
    'see #7, not a#8 or `#9`',
    '<details><summary>In <code>x</code></summary>\n\n</details>',
  ].join('\n\n');
  const number = await github.openPull('acme/churn', { head: 'topic', title: 'A <i>title</i>', body });
  await github.comment('acme/churn', number, 'a comment', 'otto');
  const { rest } = await asApp(github);
  const remark = { path: 'a.py', start_line: 1, end_line: 1, annotation_level: 'warning' as const };
  const annotations = [{ ...remark, title: 'leak', message: 'of <test> rows\nNone.' }];
  const output = { title: 'Verified', summary: 'the **same**', annotations };
  await rest.checks.create({
    ...churn,
    name: 'Architect',
    head_sha,
    status: 'completed',
    conclusion: 'success',
    output,
  });
  const response = await fetch(`${github.url}/acme/churn/pull/${number}`);
  policy = response.headers.get('content-security-policy');
  html = await response.text();
});
afterAll(() => github.close());

test('a pull request’s page shows title, report, commits, files, checks and comments', () => {
  for (const part of [
    'A &#60;i&#62;title',
    '<h1>Report</h1>',
    '<td>1</td>',
    'add &#60;a&#62;',
    'a.py',
    'a comment',
    'the <strong>same</strong>',
    'wants to merge 1 commit into',
    'Annotations (1)',
    '<code>a.py:1</code> warning: leak<br>of &#60;test&#62; rows<br>None.',
  ])
    expect(html).toContain(part);
});

test('a fold folds', () => {
  expect(html).toContain('<details><summary>More</summary>');
  expect(html).toContain('folded <strong>text</strong>');
});

test('what somebody wrote into it does nothing', () => {
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<img');
  expect(html).not.toContain('javascript:');
  expect(html).toContain('href="https://example.com"');
  expect(policy).toContain("default-src 'none'");
});

test('code stays as it was written', () => {
  expect(html).toContain('<code>a &lt; b &amp;&amp; &quot;c&quot;</code>');
});

test('numbers of issues and pull requests are links, where GitHub makes them some', () => {
  expect(html).toContain('see <a href="7">#7</a>, not a#8 or <code>#9</code>');
  expect(html).toContain('<summary>In <code>x</code></summary>');
});

test('another page is not there', async () => {
  expect((await fetch(`${github.url}/acme/churn/pull/999`)).status).toBe(404);
});
