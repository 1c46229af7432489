import { ok, Refusal } from '../answer.ts';
import { authorise } from '../authorise.ts';
import { sendEvent } from '../hooks/from-emulate.ts';
import {
  adminToken,
  describeAccount,
  describeRepository,
  loginOf,
  type Json,
  type Service,
} from '../service.ts';
import type { Exchange, Routes } from './exchange.ts';
import { describePull } from './describe-pull.ts';
import type { PullState } from './pull-state.ts';

const mutations: Record<string, { draft: boolean; action: string }> = {
  markPullRequestReadyForReview: { draft: false, action: 'ready_for_review' },
  convertPullRequestToDraft: { draft: true, action: 'converted_to_draft' },
};

/** The two things about pull requests that REST cannot do. Every other query is refused. */
export const graphqlRoutes: Routes = {
  'POST /graphql': async (service, exchange) => {
    const query = exchange.text('query') ?? '';
    const named = /\{\s*(?:\w+\s*:\s*)?(\w+)\s*\(\s*input\s*:\s*(\{[^}]*\}|\$\w+)/.exec(query);
    const mutation =
      named?.[1] !== undefined && /^\s*mutation\b/.test(query) ? mutations[named[1]] : undefined;
    if (named === null || mutation === undefined)
      throw new Refusal(
        501,
        `local-github knows two GraphQL mutations: ${Object.keys(mutations).join(', ')}`,
      );
    const pull = pullOf(service, exchange, named[2] ?? '');
    if (pull === undefined) return ok(failure('NOT_FOUND', 'Could not resolve to a node with the global id'));
    await mayEdit(service, exchange, pull);
    await setDraft(service, exchange, pull, mutation);
    const isDraft = mutation.draft;
    return ok({
      data: { [named[1] ?? '']: { pullRequest: { id: pull.nodeId, number: pull.number, isDraft } } },
    });
  },
};

/** From `{pullRequestId: "…"}`, `{pullRequestId: $id}` or `$input`. */
function pullOf(service: Service, exchange: Exchange, input: string): PullState | undefined {
  const variables = (exchange.body['variables'] ?? {}) as Json;
  const whole = input.startsWith('$')
    ? (variables[input.slice(1)] as Json | undefined)?.['pullRequestId']
    : undefined;
  const [, literal, variable] = /pullRequestId\s*:\s*(?:"([^"]*)"|\$(\w+))/.exec(input) ?? [];
  const id = whole ?? literal ?? variables[variable ?? ''];
  return service.pulls.all.find((pull) => pull.nodeId === id);
}

function mayEdit(service: Service, exchange: Exchange, pull: PullState): Promise<void> {
  const path = `/pulls/${pull.number}`;
  const look = {
    author: async () => ((await describePull(service, pull))['user'] as { login: string } | null)?.login,
    isPull: true,
  };
  return authorise(exchange.caller, 'PATCH', path, pull.repository, service.repositories, look);
}

async function setDraft(
  service: Service,
  exchange: Exchange,
  pull: PullState,
  { draft, action }: { draft: boolean; action: string },
): Promise<void> {
  const path = `/repos/${pull.repository.fullName}/pulls/${pull.number}`;
  const before = await describePull(service, pull);
  if (before['draft'] === draft) return;
  await service.upstream.send(adminToken(service, pull.repository), 'PATCH', path, { draft });
  sendEvent(service, pull.repository, 'pull_request', {
    action,
    number: pull.number,
    pull_request: await describePull(service, pull),
    repository: await describeRepository(service, pull.repository),
    sender: await describeAccount(service, loginOf(service, exchange.caller) ?? ''),
  });
}

function failure(type: string, message: string): Json {
  return { data: null, errors: [{ type, path: [], locations: [], message }] };
}
