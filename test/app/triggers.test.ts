import { describe, expect, test } from '@jest/globals';
import { parseCommand } from '../../src/app/command.ts';
import { readTrigger } from '../../src/app/read-trigger.ts';

const self = { appId: 7 };
const common = {
  installation: { id: 1 },
  repository: { id: 2, name: 'models', default_branch: 'main', owner: { login: 'acme' } },
  sender: { login: 'writer', type: 'User' },
};
const issue = { number: 3, title: 'Ship', body: 'nb/a.ipynb', updated_at: '2026-01-01T00:00:00Z' };
const comment = { ...common, issue, comment: { id: 9, body: '/architect run' } };
const label = { ...common, label: { name: 'productionize' }, issue };
const pull = {
  ...common,
  label: { name: 'productionize' },
  pull_request: { number: 4, updated_at: 'u', head: { ref: 'ideas', sha: 'abc' } },
};
const push = {
  ...common,
  ref: 'refs/heads/main',
  after: 'abc',
  commits: [{ added: ['a.ipynb', 'x.py'], modified: ['b.ipynb'], removed: [] }],
};
const check = {
  ...common,
  check_run: { id: 5, head_sha: 'abc', external_id: '{}', completed_at: 't', app: { id: 7 } },
};
const suite = { ...common, check_suite: { id: 6, head_sha: 'abc', updated_at: 't', app: { id: 7 } } };

describe('an event', () => {
  test.each([
    ['issues.labeled', label, { thread: 3, subject: { kind: 'issue', text: 'Ship\nnb/a.ipynb' } }],
    ['pull_request.labeled', pull, { thread: 4, subject: { kind: 'pull', number: 4, sha: 'abc' } }],
    ['issue_comment.created', comment, { thread: 3, comment: 9, event: 'comment:9' }],
    [
      'push',
      push,
      { thread: null, subject: { kind: 'push', sha: 'abc', notebooks: ['a.ipynb', 'b.ipynb'] } },
    ],
    ['check_run.rerequested', check, { subject: { kind: 'check', check: 5, sha: 'abc', externalId: '{}' } }],
    ['check_suite.rerequested', suite, { thread: null, subject: { kind: 'all-checks', sha: 'abc' } }],
  ])('%s asks for a run', (name, payload, expected) => {
    expect(readTrigger(name, payload, self)).toMatchObject({
      ...expected,
      wish: { kind: 'run', dryRun: false },
      sender: { login: 'writer', bot: false },
      place: { installation: 1, repository: 2, owner: 'acme', repo: 'models', defaultBranch: 'main' },
    });
  });

  test.each([
    ['issues.labeled', { ...label, label: { name: 'bug' } }],
    ['issues.labeled', { ...label, issue: { ...issue, pull_request: {} } }],
    ['issues.opened', label],
    ['pull_request.labeled', { ...pull, label: { name: 'bug' } }],
    [
      'pull_request.labeled',
      { ...pull, pull_request: { ...pull.pull_request, head: { ref: 'architect/a', sha: 'abc' } } },
    ],
    ['pull_request.synchronize', pull],
    // An old comment that is edited would run with the rights of today.
    ['issue_comment.edited', comment],
    ['issue_comment.created', { ...comment, comment: { id: 9, body: 'Try /architect run' } }],
    ['issue_comment.created', { ...comment, comment: { id: 9, body: '> /architect run' } }],
    ['issue_comment.created', { ...comment, comment: { id: 9, body: '/architects run' } }],
    ['push', { ...push, ref: 'refs/heads/other' }],
    ['push', { ...push, deleted: true }],
    ['push', { ...push, commits: [{ added: ['.ipynb_checkpoints/a.ipynb'] }] }],
    ['push', { ...push, commits: [{ added: ['a.ipynb'] }, { removed: ['a.ipynb'] }] }],
    ['check_run.rerequested', { ...check, check_run: { ...check.check_run, app: { id: 8 } } }],
    ['check_suite.rerequested', { ...suite, check_suite: { ...suite.check_suite, app: { id: 8 } } }],
    ['check_suite.completed', suite],
    ['installation.created', common],
  ])('%s may ask for nothing (%#)', (name, payload) => {
    expect(readTrigger(name, payload, self)).toEqual({ ignored: expect.any(String) });
  });

  test('of another bot is known as such', () => {
    const sender = { login: 'renovate[bot]', type: 'Bot' };
    expect(readTrigger('issue_comment.created', { ...comment, sender }, self)).toMatchObject({
      sender: { bot: true },
    });
  });
});

describe('a command', () => {
  test.each([
    ['/architect run', { notebook: null, target: null, dryRun: false }],
    ['/architect  run  nb/a.ipynb  --dry-run', { notebook: 'nb/a.ipynb', target: null, dryRun: true }],
    [
      '/architect run "my nb/a b.ipynb"\nthanks',
      { notebook: 'my nb/a b.ipynb', target: null, dryRun: false },
    ],
    ['/Architect RUN ./a.ipynb --target=clf', { notebook: 'a.ipynb', target: 'clf', dryRun: false }],
    ['/architect run --target clf `a.ipynb`', { notebook: 'a.ipynb', target: 'clf', dryRun: false }],
  ])('%s', (body, expected) => {
    expect(parseCommand(body)).toEqual({ kind: 'run', ...expected });
  });

  test.each([
    ['/architect', 'help'],
    ['/architect help', 'help'],
    ['/architect status', 'status'],
  ])('%s', (body, kind) => {
    expect(parseCommand(body)).toEqual({ kind });
  });

  test.each([
    ['/architect rum', 'There is no command `rum`. Did you mean `/architect run`?'],
    ['/architect a.ipynb', 'There is no command `a.ipynb`. Did you mean `/architect run`?'],
    ['/architect run --dryrun', 'There is no option `--dryrun`. Did you mean `/architect run --dry-run`?'],
    ['/architect run --target', '`--target` needs the name of a model.'],
    ['/architect run a.ipynb b.ipynb', 'One notebook at a time. Put a path with spaces in quotation marks.'],
    ['/architect run "a.ipynb', 'A quotation mark is not closed.'],
    ['/architect @everyone`<img>', 'There is no command `?everyone??img?`.'],
  ])('%s is answered with what was meant', (body, message) => {
    expect(parseCommand(body)).toEqual({ kind: 'unclear', message, dryRun: body.includes('--dry-run') });
  });
});
