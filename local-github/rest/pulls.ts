import { created, notFound, ok, page, Refusal } from '../answer.ts';
import { changedFiles, diffText } from '../git/changed-files.ts';
import { atLeast, type Repository } from '../repositories.ts';
import { upstreamToken, type Json, type Service } from '../service.ts';
import { describeFile, describePage } from './commits.ts';
import { describePull, mergeBaseOf, setOpen, short } from './describe-pull.ts';
import type { Exchange, Routes } from './exchange.ts';
import { checkBody, rememberEdit } from './issues.ts';
import { mergePull } from './merge.ts';
import { mustBeBranch, openPull, prepareReopening, tellBranch } from './open-pull.ts';
import type { PullState } from './pull-state.ts';

/** Pull requests: emulate keeps title, body, labels and state; git knows head, base and files. */
export const pullRoutes: Routes = {
  'GET /repos/{owner}/{repo}/pulls': async (service, exchange) => {
    const query = exchange.url.searchParams;
    const numbers = service.pulls.all.filter((pull) => pull.repository === exchange.repository);
    const chosen = numbers.filter((pull) => fits(pull, query)).reverse();
    if (query.get('direction') === 'asc') chosen.reverse();
    const answer = page(chosen, exchange.url);
    const listed = (answer.body as PullState[]).map((pull) => describePull(service, pull));
    return { ...answer, body: (await Promise.all(listed)).map(short) };
  },

  'POST /repos/{owner}/{repo}/pulls': (service, exchange) =>
    exchange.repository.git.exclusive(async () => {
      const pull = await openPull(service, exchange);
      return created(await describePull(service, pull));
    }),

  'GET /repos/{owner}/{repo}/pulls/{number}': async (service, exchange) => {
    const pull = mustFind(service, exchange);
    const accept = exchange.headers.accept ?? '';
    if (!/\.(diff|patch)(\+|$)/.test(accept)) return ok(await describePull(service, pull));
    return {
      status: 200,
      raw: await diffText(exchange.repository.git, await mergeBaseOf(pull), pull.headSha),
    };
  },

  'PATCH /repos/{owner}/{repo}/pulls/{number}': async (service, exchange) => {
    const pull = mustFind(service, exchange);
    const { draft: _onlyByGraphql, ...patch } = exchange.body;
    await changePull(service, exchange, pull, patch);
    return ok(await describePull(service, pull));
  },

  'GET /repos/{owner}/{repo}/pulls/{number}/files': async (service, exchange) => {
    const pull = mustFind(service, exchange);
    const files = await changedFiles(exchange.repository.git, await mergeBaseOf(pull), pull.headSha);
    return page(
      files.slice(0, 3000).map((file) => describeFile(service, pull.headRepository, pull.headSha, file)),
      exchange.url,
    );
  },

  'GET /repos/{owner}/{repo}/pulls/{number}/commits': async (service, exchange) => {
    const pull = mustFind(service, exchange);
    const shas = await exchange.repository.git.revisions(`${await mergeBaseOf(pull)}..${pull.headSha}`);
    return describePage(service, exchange, shas.reverse().slice(0, 250));
  },

  'PUT /repos/{owner}/{repo}/pulls/{number}/merge': (service, exchange) =>
    exchange.repository.git.exclusive(() => mergePull(service, exchange, mustFind(service, exchange))),

  'GET /repos/{owner}/{repo}/pulls/{number}/merge': async (service, exchange) => {
    if (mustFind(service, exchange).mergeCommit === undefined) throw notFound();
    return { status: 204 };
  },

  'POST /repos/{owner}/{repo}/pulls/{number}/requested_reviewers': async (service, exchange) => {
    const pull = mustFind(service, exchange);
    const wanted = (exchange.body['reviewers'] ?? []) as string[];
    for (const login of wanted) {
      const known = login in service.tokens;
      if (
        known &&
        atLeast(service.repositories.role(login, exchange.repository), 'read') &&
        collaborates(service, login, exchange.repository)
      )
        continue;
      throw new Refusal(
        422,
        'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the '.concat(
          `${exchange.repository.fullName} repository.`,
        ),
      );
    }
    const author = (await describePull(service, pull))['user'] as { login: string } | null;
    if (author !== null && wanted.includes(author.login))
      throw new Refusal(422, 'Review cannot be requested from pull request author.');
    const token = await upstreamToken(service, exchange.caller);
    const answer = await service.upstream.send<Json>(token, 'POST', exchange.path, exchange.body);
    if (answer.status >= 300) throw new Refusal(answer.status, String(answer.data['message']));
    return created(short(await describePull(service, pull)));
  },
};

/** Title, body, state and base. */
export async function changePull(
  service: Service,
  exchange: Exchange,
  pull: PullState,
  patch: Json,
): Promise<void> {
  checkBody(exchange, 'PullRequest');
  const path = `/repos/${pull.repository.fullName}/pulls/${pull.number}`;
  await rememberEdit(service, exchange, path);
  const base = exchange.text('base');
  if (base !== undefined) {
    await mustBeBranch(exchange.repository, base, 'base');
    await tellBranch(service, exchange.repository, base);
  }
  if (exchange.text('state') === 'open' && !pull.open) await prepareReopening(service, pull);
  const token = await upstreamToken(service, exchange.caller);
  const answer = await service.upstream.send<Json>(token, 'PATCH', path, patch);
  if (answer.status !== 200) throw new Refusal(answer.status, String(answer.data['message']));
  pull.baseBranch = base ?? pull.baseBranch;
  await setOpen(pull, answer.data['state'] === 'open');
}

/** Someone who was given the repository, not someone who merely reads what is public. */
function collaborates(service: Service, login: string, repository: Repository): boolean {
  const without = { ...repository, private: true };
  return service.repositories.role(login, without) !== 'none';
}

function mustFind(service: Service, exchange: Exchange): PullState {
  const pull = service.pulls.find(exchange.repository, Number(exchange.param('number')));
  if (pull === undefined) throw notFound();
  return pull;
}

function fits(pull: PullState, query: URLSearchParams): boolean {
  const state = query.get('state') ?? 'open';
  if (state !== 'all' && pull.open !== (state === 'open')) return false;
  const head = query.get('head');
  if (head !== null && head.toLowerCase() !== `${pull.headRepository.owner}:${pull.headBranch}`.toLowerCase())
    return false;
  const base = query.get('base');
  return base === null || base === pull.baseBranch;
}
