import { Marked } from 'marked';
import type { Answer } from './answer.ts';
import { changedFiles } from './git/changed-files.ts';
import type { Annotation } from './rest/check-run-store.ts';
import { describeCheckRun } from './rest/checks.ts';
import { describePull, mergeBaseOf } from './rest/describe-pull.ts';
import type { PullState } from './rest/pull-state.ts';
import { adminToken, type Json, type Service } from './service.ts';

/** A plain page for a pull request; 404 for everything else. */
export async function renderPage(service: Service, url: URL): Promise<Answer> {
  const [, fullName = '', number = ''] = /^\/([^/]+\/[^/]+)\/pull\/(\d+)\/?$/.exec(url.pathname) ?? [];
  const repository = service.repositories.find(fullName);
  const pull = repository && service.pulls.find(repository, Number(number));
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    // what stands in a pull request comes from anywhere: nothing on the page may run or be fetched
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  };
  if (pull === undefined) return { status: 404, raw: document('Not found', '<h1>Not found</h1>'), headers };
  return { status: 200, raw: await pullPage(service, pull), headers };
}

async function pullPage(service: Service, pull: PullState): Promise<string> {
  const { repository, headSha } = pull;
  const data = await describePull(service, pull);
  const token = adminToken(service, repository);
  const comments = await service.upstream.get<Json[]>(
    token,
    `/repos/${repository.fullName}/issues/${pull.number}/comments?per_page=100`,
  );
  const base = await mergeBaseOf(pull);
  const shas = (await repository.git.revisions(`${base}..${headSha}`)).reverse();
  const commits = await Promise.all(shas.map((sha) => repository.git.commit(sha)));
  const files = await changedFiles(repository.git, base, headSha);
  const runs = service.checkRuns.all.filter(
    (run) => run.repository === repository && run.headSha === headSha,
  );
  const checks = await Promise.all(
    runs.map(async (run) => check(await describeCheckRun(service, run), run.annotations)),
  );
  const title = `${text(data['title'])} · #${pull.number}`;
  const state = data['merged'] === true ? 'merged' : data['draft'] === true ? 'draft' : text(data['state']);
  const labels = (data['labels'] as Json[]).map(
    (label) => `<span class="label">${text(label['name'])}</span>`,
  );
  return document(
    title,
    `<h1>${text(data['title'])} <small>#${pull.number}</small></h1>
<p><span class="state">${state}</span> ${loginOf(data)} ${data['merged'] === true ? 'merged' : 'wants to merge'} ${commits.length} ${commits.length === 1 ? 'commit' : 'commits'} into
<code>${text(pull.baseBranch)}</code> from <code>${text(pull.headBranch)}</code> of ${text(repository.fullName)} ${labels.join(' ')}</p>
<article>${markdown(data['body'])}</article>
${section(
  'Commits',
  commits.map(
    (commit) => `<li><code>${commit?.sha.slice(0, 7)}</code> ${text(commit?.message.split('\n')[0])}</li>`,
  ),
)}
${section('Checks', checks)}
${section(
  'Comments',
  comments.map(
    (comment) => `<li><b>${loginOf(comment)}</b><article>${markdown(comment['body'])}</article></li>`,
  ),
)}
${section(
  'Files',
  files.map(
    (file) =>
      `<li><details><summary><code>${text(file.path)}</code> ${file.status} <ins>+${file.additions}</ins> <del>−${file.deletions}</del></summary>
<pre>${text(file.patch ?? 'binary or empty')}</pre></details></li>`,
  ),
)}`,
  );
}

function check(run: Json, annotations: readonly Annotation[]): string {
  const output = run['output'] as Json;
  const result = text(run['conclusion'] ?? run['status']);
  const remarks = annotations.map(
    (remark) =>
      `<li><code>${text(remark.path)}:${remark.start_line}</code> ${text(remark.annotation_level)}: ${text(remark.title ?? '')}<br>${text(remark.message).replaceAll('\n', '<br>')}</li>`,
  );
  const list =
    remarks.length === 0
      ? ''
      : `<details><summary>Annotations (${remarks.length})</summary><ul>${remarks.join('\n')}</ul></details>`;
  return `<li><b>${text(run['name'])}</b> ${result} · ${text(output['title'] ?? '')}<article>${markdown(output['summary'])}${list}</article></li>`;
}

function section(title: string, items: string[]): string {
  return `<h2>${title} (${items.length})</h2>\n<ul>${items.join('\n')}</ul>`;
}

const loginOf = (object: Json): string => text((object['user'] as Json | null)?.['login'] ?? 'ghost');

function text(value: unknown): string {
  return String(value ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Tags that GitHub obeys and that do nothing but fold, break or change letters. All others are shown. */
const harmless = /^<\/?(details|summary|br|sub|sup|kbd|code)>$/;
const isWeb = (address: string): boolean => /^(https?:\/\/|#)/i.test(address);

const renderer = new Marked({
  gfm: true,
  extensions: [
    // GitHub makes links of the numbers of issues and pull requests
    {
      name: 'reference',
      level: 'inline',
      start: (source) => /(?<![\w&/#])#\d+\b/.exec(source)?.index,
      tokenizer: (source) => {
        const [raw, number] = /^#(\d+)\b/.exec(source) ?? [];
        return raw === undefined ? undefined : { type: 'reference', raw, number };
      },
      renderer: ({ number }) => `<a href="${text(number)}">#${text(number)}</a>`,
    },
  ],
  renderer: {
    html: ({ text: source }) =>
      source
        .replace(/<!--[\s\S]*?(-->|$)/g, '')
        .replace(/<[^<>]*>|[<>]/g, (piece) => (harmless.test(piece) ? piece : text(piece))),
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      return isWeb(href) ? `<a href="${text(href)}">${words}</a>` : words;
    },
    // nothing is fetched: the page shows what an image is called
    image: ({ text: name }) => `[${text(name)}]`,
  },
});

const markdown = (value: unknown): string => renderer.parse(String(value ?? ''), { async: false });

function document(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328}
small,del{color:#59636e}ins{color:#1a7f37;text-decoration:none}del{color:#d1242f;text-decoration:none}
article,pre{border:1px solid #d1d9e0;border-radius:6px;padding:.5rem 1rem;overflow:auto}pre,code{font:13px/1.45 monospace;background:#f6f8fa}
table{border-collapse:collapse}td,th{border:1px solid #d1d9e0;padding:.25rem .6rem}ul{padding-left:1.2rem}
h1 code,h2 code{font-size:inherit}ul ul{margin:.3rem 0}
.state,.label{border-radius:1rem;padding:.15rem .7rem;background:#1f883d;color:#fff;font-size:13px}.label{background:#ddf4ff;color:#0969da}
</style></head><body>${body}</body></html>`;
}
