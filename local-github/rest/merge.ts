import { ok, Refusal, type Answer } from '../answer.ts';
import { describeAccount, loginOf, now, upstreamToken, type Json, type Service } from '../service.ts';
import type { Exchange } from './exchange.ts';
import { noreply } from './git-data.ts';
import { baseShaOf, setOpen } from './describe-pull.ts';
import type { PullState } from './pull-state.ts';

/** Merges by git, so that the result has both sides; emulate then marks its record as merged. */
export async function mergePull(service: Service, exchange: Exchange, pull: PullState): Promise<Answer> {
  const { git } = pull.repository;
  if (!pull.open) throw new Refusal(405, 'Pull Request is not mergeable');
  const expected = exchange.text('sha');
  if (expected !== undefined && expected !== pull.headSha)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  const base = await baseShaOf(pull);
  const tree = await git.mergeTree(base, pull.headSha);
  if (tree === undefined) throw new Refusal(405, 'Pull Request is not mergeable');
  const method = exchange.text('merge_method') ?? 'merge';
  if (method === 'rebase') throw new Refusal(501, 'local-github does not merge by rebase');
  const marked = await mark(service, exchange);
  if (marked !== undefined) throw marked;

  const login = loginOf(service, exchange.caller) ?? '';
  const person = {
    name: String((await describeAccount(service, login))['login']),
    email: noreply(login),
    date: now(),
  };
  const title =
    exchange.text('commit_title') ??
    `Merge pull request #${pull.number} from ${pull.headRepository.owner}/${pull.headBranch}`;
  const text = exchange.text('commit_message');
  const sha = await git.writeCommit({
    tree,
    parents: method === 'squash' ? [base] : [base, pull.headSha],
    author: person,
    committer: person,
    message: text === undefined ? title : `${title}\n\n${text}`,
  });
  service.pulls.signed.add(sha);
  pull.mergeCommit = sha;
  await setOpen(pull, false);
  const ref = `refs/heads/${pull.baseBranch}`;
  if (!(await git.moveRef(ref, base, sha)))
    throw new Refusal(409, 'Base branch was modified. Review and try the merge again.');
  await service.refsMoved([{ repository: git, ref, before: base, after: sha, caller: exchange.caller }]);
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

/** emulate refuses a draft, and a repository that does not allow the method. */
async function mark(service: Service, exchange: Exchange): Promise<Refusal | undefined> {
  const { sha: _ours, ...body } = exchange.body;
  const token = await upstreamToken(service, exchange.caller);
  const { status, data } = await service.upstream.send<Json>(token, 'PUT', exchange.path, body);
  return status === 200 ? undefined : new Refusal(405, String(data['message']));
}
