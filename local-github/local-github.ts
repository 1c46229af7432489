import type { Door } from './door.ts';
import { sendCheckAction, sendCheckSuite } from './hooks/check-events.ts';
import { changeInstallation, changeRepository } from './hooks/installation-events.ts';
import type { LocalGitHub } from './options.ts';
import type { Repository } from './repositories.ts';
import { commitFiles } from './seed.ts';
import type { Json, Service } from './service.ts';

/** What tests and the demo get to hold. The helpers go through the front door, as people do. */
export function localGitHubOf(service: Service, door: Door, close: () => Promise<void>): LocalGitHub {
  const { deliveries, repositories, tokens } = service;
  const mustFind = (fullName: string): Repository => {
    const repository = repositories.find(fullName);
    if (repository === undefined) throw new Error(`${fullName} is no repository of this local GitHub`);
    return repository;
  };
  const administrator = (fullName: string): string => repositories.administrator(mustFind(fullName));
  const tokenOf = (login: string): string => {
    const token = tokens[login];
    if (token === undefined) throw new Error(`${login} is no user of this local GitHub`);
    return token;
  };
  const request: LocalGitHub['request'] = async <T>(
    login: string | undefined,
    method: string,
    path: string,
    body?: unknown,
  ) => {
    const response = await fetch(`${service.url}/api/v3${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(login !== undefined && { authorization: `token ${tokenOf(login)}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, data: (text === '' ? undefined : JSON.parse(text)) as T };
  };
  /** A call that must succeed. */
  const call = async (login: string, method: string, path: string, body: unknown): Promise<Json> => {
    const { status, data } = await request<Json>(login, method, path, body);
    if (status >= 300) throw new Error(`${method} ${path} as ${login} → ${status} ${JSON.stringify(data)}`);
    return data;
  };

  return {
    url: service.url,
    app: { id: service.app.id, privateKey: service.app.privateKey, slug: service.app.slug },
    installationId: service.installationId,
    webhookSecret: deliveries.secret,
    tokens,
    deliverTo: (url) => deliveries.deliverTo(url),
    deliveries: () => deliveries.all,
    redeliver: (guid) => deliveries.redeliver(guid),
    duplicateNext: (event) => deliveries.duplicateNext(event),
    get hookPlan() {
      return deliveries.plan;
    },
    set hookPlan(plan) {
      deliveries.plan = plan;
    },
    waitForDelivery: (condition, timeoutMs = 20_000) => deliveries.waitFor(condition, timeoutMs),
    faults: door.faults,
    trace: () => door.trace,
    request,

    async commitFiles(fullName, branch, files, options = {}) {
      const repository = mustFind(fullName);
      const as = options.as ?? administrator(fullName);
      return repository.git.exclusive(async () => {
        const change = await commitFiles(repository, branch, files, { ...options, as, token: tokenOf(as) });
        await service.refsMoved([change]);
        return change.after;
      });
    },
    async openPull(fullName, { as = administrator(fullName), title, base, ...rest }) {
      const body = { title: title ?? rest.head, base: base ?? mustFind(fullName).git.defaultBranch, ...rest };
      return Number((await call(as, 'POST', `/repos/${fullName}/pulls`, body))['number']);
    },
    async openIssue(fullName, { as = administrator(fullName), ...body }) {
      return Number((await call(as, 'POST', `/repos/${fullName}/issues`, body))['number']);
    },
    async comment(fullName, number, body, as = administrator(fullName)) {
      return Number((await call(as, 'POST', `/repos/${fullName}/issues/${number}/comments`, { body }))['id']);
    },
    async label(fullName, number, label, as = administrator(fullName)) {
      await call(as, 'POST', `/repos/${fullName}/issues/${number}/labels`, { labels: [label] });
    },
    async fork(fullName, as) {
      return String((await call(as, 'POST', `/repos/${fullName}/forks`, {}))['full_name']);
    },
    async rerequestCheckRun(fullName, checkRunId, as = administrator(fullName)) {
      // emulate sends the event with whoever's token asks
      const path = `/repos/${mustFind(fullName).fullName}/check-runs/${checkRunId}/rerequest`;
      const { status } = await service.upstream.send(tokenOf(as), 'POST', path, {});
      if (status !== 201)
        throw new Error(`check run ${checkRunId} of ${fullName} cannot be asked for again: ${status}`);
    },
    rerequestCheckSuite: (fullName, sha, as = administrator(fullName)) =>
      sendCheckSuite(service, mustFind(fullName), sha, as),
    pressCheckAction: (fullName, checkRunId, identifier, as = administrator(fullName)) =>
      sendCheckAction(service, mustFind(fullName), checkRunId, identifier, as),
    setInstallation: (action) => changeInstallation(service, action),
    setInstalled: (fullName, installed) => changeRepository(service, mustFind(fullName), installed),
    async readFile(fullName, ref, path) {
      const { git } = mustFind(fullName);
      const commit = await git.commit(ref);
      const object = commit && (await git.read(`${commit.sha}:${path}`));
      return object?.type === 'blob' ? object.data.toString() : undefined;
    },
    async branches(fullName) {
      const refs = await mustFind(fullName).git.refs('refs/heads/');
      return Object.fromEntries([...refs].map(([ref, sha]) => [ref.slice('refs/heads/'.length), sha]));
    },
    expireToken: (token) => service.callers.expire(token),
    close,
  };
}
