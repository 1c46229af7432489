import { badCredentials, notFound, ok, page, Refusal } from '../answer.ts';
import type { Caller } from '../callers.ts';
import { complete } from '../complete.ts';
import { includes, type Repository } from '../repositories.ts';
import { describeRepository, type Json, type Service } from '../service.ts';
import { signAppToken } from '../app-token.ts';
import type { Exchange, Routes } from './exchange.ts';

interface TokenAnswer {
  token: string;
  expires_at: string;
  permissions: Record<string, string>;
}

/** What the App asks for itself: tokens, repositories, deliveries. */
export const appRoutes: Routes = {
  'POST /app/installations/{id}/access_tokens': async (service, exchange) => {
    const token = appJwt(exchange);
    mustBeActive(service, notFound);
    const chosen = chosenRepositories(service, exchange);
    const answer = await service.upstream.send<TokenAnswer & Json>(
      token,
      'POST',
      exchange.path,
      exchange.body,
    );
    if (answer.status !== 201) throw new Refusal(answer.status, String(answer.data['message']));
    const { repositories: _emulates, ...data } = answer.data;
    service.callers.add(
      data.token,
      {
        kind: 'installation',
        token: data.token,
        login: service.app.account,
        permissions: data.permissions,
        repositories: chosen?.map(({ fullName }) => fullName),
      },
      Date.parse(data.expires_at),
    );
    const selected = chosen ?? (service.app.allRepositories ? undefined : installedOn(service));
    const repositories =
      selected && (await Promise.all(selected.map((repository) => describeRepository(service, repository))));
    const selection = selected === undefined ? 'all' : 'selected';
    return {
      status: 201,
      body: { ...data, repository_selection: selection, ...(repositories && { repositories }) },
    };
  },

  'GET /app': async (service, exchange) => {
    await mustBeApp(service, exchange);
    return ok({ ...(await describeApp(service)), installations_count: 1 });
  },

  'GET /app/installations': async (service, exchange) => {
    const data = await service.upstream.get<Json[]>(appJwt(exchange), exchange.path);
    return page(
      data.map((one) => mendInstallation(service, one)),
      exchange.url,
    );
  },

  'GET /app/installations/{id}': async (service, exchange) =>
    ok(mendInstallation(service, await service.upstream.get<Json>(appJwt(exchange), exchange.path))),

  'GET /repos/{owner}/{repo}/installation': async (service, exchange) => {
    if (!exchange.repository.installed) throw notFound();
    return ok(mendInstallation(service, await service.upstream.get<Json>(appJwt(exchange), exchange.path)));
  },

  'DELETE /installation/token': async (service, exchange) => {
    service.callers.forget(installation(exchange).token);
    return { status: 204 };
  },

  'GET /installation/repositories': async (service, exchange) => {
    const caller = installation(exchange);
    const seen = service.repositories.all().filter((repository) => includes(caller, repository));
    const described = await Promise.all(seen.map((repository) => describeRepository(service, repository)));
    return page(described, exchange.url, (slice, total) => ({
      total_count: total,
      repository_selection:
        caller.repositories === undefined && service.app.allRepositories ? 'all' : 'selected',
      repositories: slice,
    }));
  },

  'GET /app/hook/deliveries': async (service, exchange) => {
    await mustBeApp(service, exchange);
    const listed = [...service.deliveries.all].reverse().map((delivery) => ({
      id: delivery.id,
      guid: delivery.guid,
      delivered_at: delivery.deliveredAt,
      redelivery: delivery.redelivery,
      duration: 0.1,
      status: delivery.status > 0 && delivery.status < 400 ? 'OK' : 'Invalid HTTP Response',
      status_code: delivery.status,
      event: delivery.event,
      action: delivery.action ?? null,
      installation_id: service.installationId,
      repository_id:
        ((delivery.payload['repository'] as Json | undefined)?.['id'] as number | undefined) ?? null,
      throttled_at: null,
    }));
    return page(listed, exchange.url);
  },

  'POST /app/hook/deliveries/{id}/attempts': async (service, exchange) => {
    await mustBeApp(service, exchange);
    const delivery = service.deliveries.all.find(({ id }) => id === Number(exchange.param('id')));
    if (delivery === undefined) throw notFound();
    service.deliveries.send(delivery.event, delivery.payload, delivery.guid, true);
    return { status: 202, body: {} };
  },
};

function appJwt(exchange: Exchange): string {
  if (exchange.caller.kind === 'app') return exchange.caller.token;
  throw new Refusal(401, 'A JSON web token could not be decoded');
}

async function mustBeApp(service: Service, exchange: Exchange): Promise<void> {
  await service.upstream.get(appJwt(exchange), '/app');
}

function installation(exchange: Exchange): Caller & { kind: 'installation' } {
  if (exchange.caller.kind === 'installation') return exchange.caller;
  throw new Refusal(403, 'Resource not accessible by personal access token');
}

const installedOn = (service: Service): Repository[] =>
  service.repositories.all().filter(({ installed, owner }) => installed && owner === service.app.account);

/** The repositories that a token is asked for; `undefined`: all that there are. */
function chosenRepositories(service: Service, exchange: Exchange): Repository[] | undefined {
  const names = exchange.body['repositories'] as string[] | undefined;
  return names?.map((name) => {
    const repository = service.repositories.find(`${service.app.account}/${name}`);
    if (repository?.installed === true) return repository;
    throw new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  });
}

/** A suspended installation may do nothing; one that was removed is not there. */
export function mustBeActive(service: Service, gone: () => Refusal = badCredentials): void {
  if (service.installationState === 'suspended')
    throw new Refusal(403, 'This installation has been suspended');
  if (service.installationState === 'deleted') throw gone();
}

/** The App as it stands in check runs and comments. */
export async function describeApp(service: Service): Promise<Json> {
  if (service.appDescription !== undefined) return { ...service.appDescription };
  const { installations_count: _count, ...app } = await service.upstream.get<Json>(
    signAppToken(service),
    '/app',
  );
  const { account } = await describeInstallation(service);
  return complete({ ...app, owner: account, client_id: 'Iv1.local', events: service.app.events }, service);
}

/** The installation as it stands in events. */
export async function describeInstallation(service: Service): Promise<Json> {
  const path = `/app/installations/${service.installationId}`;
  const data = await service.upstream.get<Json>(signAppToken(service), path);
  return mendInstallation(service, data);
}

function mendInstallation(service: Service, data: Json): Json {
  const target = (data['account'] as Json)['id'];
  return complete({ ...data, target_id: target, events: service.app.events }, service);
}
