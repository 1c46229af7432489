import { createServer, type AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import type { LocalGitHubOptions } from './options.ts';

export interface EmulatorPlan {
  /** The address of the front door: what the links in answers point to. */
  baseUrl: string;
  /** Where emulate sends its webhooks: back to us, to be mended and signed. */
  hookUrl: string;
  app: { id: number; slug: string; permissions: Record<string, string>; account: string };
  installationId: number;
  tokens: Record<string, string>;
}

export interface Emulator {
  url: string;
  privateKey: string;
  close: () => Promise<void>;
}

/** Starts emulate's GitHub with people, organisations, repositories and the App. Its own git is a shell: ours is the truth. */
export async function startEmulator(options: LocalGitHubOptions, plan: EmulatorPlan): Promise<Emulator> {
  const port = await freePort();
  const emulator = await createEmulator({
    service: 'github',
    port,
    hostname: '127.0.0.1',
    baseUrl: plan.baseUrl,
    seed: {
      tokens: Object.fromEntries(
        Object.entries(plan.tokens).map(([login, token]) => [
          token,
          { login, scopes: ['repo', 'admin:org'] },
        ]),
      ),
      github: {
        // emulate takes a token that it does not know for its first user. None gets so far; it stays powerless all the same.
        users: ['nobody', ...options.users, `${plan.app.slug}[bot]`].map((login) => ({
          login,
          name: login,
          email: `${login}@example.com`,
        })),
        orgs: Object.entries(options.organisations ?? {}).map(([login, { members }]) => ({
          login,
          name: login,
          email: `${login}@example.com`,
          members: Object.entries(members).map(([member, role]) => ({ login: member, role })),
        })),
        repos: options.repositories.map(({ name, private: hidden = false, defaultBranch = 'main' }) => ({
          owner: name.split('/')[0],
          name: name.split('/')[1],
          private: hidden,
          default_branch: defaultBranch,
          auto_init: true,
        })),
        apps: [
          {
            app_id: plan.app.id,
            slug: plan.app.slug,
            name: plan.app.slug,
            permissions: plan.app.permissions,
            events: ['*'],
            webhook_url: plan.hookUrl,
            installations: [
              {
                installation_id: plan.installationId,
                account: plan.app.account,
                // which repositories it may see is decided at the door: they change while it runs
                repository_selection: 'all',
              },
            ],
          },
        ],
      },
    },
  });
  const secret = emulator.generatedSecrets.find(({ kind }) => kind === 'github.app_private_key');
  if (secret === undefined) throw new Error('emulate made no key for the App');
  return { url: `http://127.0.0.1:${port}`, privateKey: secret.value, close: () => emulator.close() };
}

/** emulate does not tell the port that it chose itself once it has a base URL. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
