import { notFound, ok, Refusal } from '../answer.ts';
import type { Role } from '../options.ts';
import { atLeast, ranks } from '../repositories.ts';
import { describeAccount, findLogin, upstreamToken, type Json } from '../service.ts';
import type { Routes } from './exchange.ts';

/** `permission` knows four words only. */
const words: Record<Role, string> = {
  admin: 'admin',
  maintain: 'write',
  write: 'write',
  triage: 'read',
  read: 'read',
  none: 'none',
};
/** What may be asked for in a PUT, in both vocabularies. */
const given: Record<string, Role> = { pull: 'read', push: 'write' };

export const collaboratorRoutes: Routes = {
  'GET /repos/{owner}/{repo}/collaborators/{login}/permission': async (service, exchange) => {
    const login = findLogin(service, exchange.param('login'));
    if (login === undefined) throw new Refusal(404, `${exchange.param('login')} is not a user`);
    const role = service.repositories.role(login, exchange.repository);
    const user = await describeAccount(service, login);
    return ok({
      permission: words[role],
      role_name: role,
      user: {
        ...user,
        role_name: role,
        permissions: {
          admin: role === 'admin',
          maintain: atLeast(role, 'maintain'),
          push: atLeast(role, 'write'),
          triage: atLeast(role, 'triage'),
          pull: atLeast(role, 'read'),
        },
      },
    });
  },

  'GET /repos/{owner}/{repo}/collaborators/{login}': async (service, exchange) => {
    const login = findLogin(service, exchange.param('login'));
    if (login === undefined) throw notFound();
    const hidden = { ...exchange.repository, private: true };
    if (service.repositories.role(login, hidden) === 'none') throw notFound();
    return { status: 204 };
  },

  'PUT /repos/{owner}/{repo}/collaborators/{login}': async (service, exchange) => {
    const login = findLogin(service, exchange.param('login'));
    if (login === undefined) throw notFound();
    const wanted = exchange.text('permission') ?? 'push';
    const role = given[wanted] ?? ranks.find((rank) => rank === wanted);
    if (role === undefined) throw new Refusal(422, 'Validation Failed');
    const token = await upstreamToken(service, exchange.caller);
    const answer = await service.upstream.send<Json>(token, 'PUT', exchange.path, exchange.body);
    if (answer.status >= 300) throw new Refusal(answer.status, String(answer.data['message']));
    exchange.repository.collaborators.set(login, role);
    return { status: 204 }; // GitHub invites who is new, with 201; whoever was invited has accepted here
  },

  'DELETE /repos/{owner}/{repo}/collaborators/{login}': async (_service, exchange) => {
    exchange.repository.collaborators.delete(exchange.param('login'));
    return undefined;
  },
};
