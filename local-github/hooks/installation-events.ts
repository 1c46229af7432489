import { describeInstallation } from '../rest/apps.ts';
import type { Repository } from '../repositories.ts';
import { describeAccount, describeRepository, type Json, type Service } from '../service.ts';

const states = { created: 'active', unsuspend: 'active', suspend: 'suspended', deleted: 'deleted' } as const;

/** Changes what the App may do, and tells it. Every App gets these events. */
export async function changeInstallation(service: Service, action: keyof typeof states): Promise<void> {
  service.installationState = states[action];
  const installed = service.repositories.all().filter((repository) => repository.installed);
  service.deliveries.send('installation', {
    action,
    installation: await describeInstallation(service),
    repositories: await Promise.all(installed.map((repository) => brief(service, repository))),
    requester: null,
    sender: await sender(service),
  });
}

/** Gives the App a repository, or takes it away. */
export async function changeRepository(
  service: Service,
  repository: Repository,
  installed: boolean,
): Promise<void> {
  repository.installed = installed;
  service.app.allRepositories = false;
  const changed = [await brief(service, repository)];
  service.deliveries.send('installation_repositories', {
    action: installed ? 'added' : 'removed',
    installation: await describeInstallation(service),
    repository_selection: 'selected',
    repositories_added: installed ? changed : [],
    repositories_removed: installed ? [] : changed,
    requester: null,
    sender: await sender(service),
  });
}

function sender(service: Service): Promise<Json> {
  return describeAccount(service, service.repositories.administrator({ owner: service.app.account }));
}

async function brief(service: Service, repository: Repository): Promise<Json> {
  const { id, node_id, name, full_name, private: hidden } = await describeRepository(service, repository);
  return { id, node_id, name, full_name, private: hidden };
}
