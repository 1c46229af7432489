import { Probot, ProbotOctokit } from 'probot';
import { messageOf } from '../lib/errors.ts';
import {
  type ClientSettings,
  clientOptions,
  createClient,
  type GithubClient,
  guardRequests,
} from './client.ts';

/** What the App is to GitHub. */
export interface AppCredentials {
  appId: number;
  /** PEM. */
  privateKey: string;
  webhookSecret: string;
}

/** Rights of a token, in GitHub's words; metadata: read comes with each. */
export type Permissions = Partial<
  Record<'contents' | 'issues' | 'pull_requests' | 'checks', 'read' | 'write'>
>;

/** Where a token holds: one repository of one installation. */
export interface Grant {
  installation: number;
  repository: number;
}

/** A token that lives no longer than what it is for. */
export interface ScopedToken {
  token: string;
  client: GithubClient;
}

/** A right that is held for a while: its token is minted when it is first needed, and anew before it ends. */
export interface Lease {
  current(): Promise<ScopedToken>;
  /** Revokes the token; the next use would mint another one. */
  end(): Promise<void>;
}

/** The App, as GitHub knows it. */
export interface GithubApp {
  probot: Probot;
  appId: number;
  /** Login of what the App writes: `architect-productionize[bot]`. */
  login(): Promise<string>;
  /** Asks GitHub, as the App, who it is; undefined where the answer is none of GitHub's. */
  identify(signal: AbortSignal): Promise<number | undefined>;
  /**
   * Holds a right until it is ended.
   * @param readOnly lets only GET through, whatever the token may do
   */
  lease(grant: Grant, permissions: Permissions, readOnly?: boolean): Lease;
  /** Mints a token, does the work and revokes the token, whatever happened. */
  withToken<T>(
    grant: Grant,
    permissions: Permissions,
    work: (token: ScopedToken) => Promise<T>,
    readOnly?: boolean,
  ): Promise<T>;
}

/** Milliseconds after which a token is replaced; GitHub's live an hour. */
const TOKEN_LIFE = 50 * 60_000;

/** Reading what a run needs. */
export const READ: Permissions = { contents: 'read', pull_requests: 'read', issues: 'read' };
/** Finding out which checks of ours a commit has. */
export const READ_CHECKS: Permissions = { checks: 'read' };
/** Telling the user that a run began, and how it goes: nothing here can write code. */
export const ANNOUNCE: Permissions = { issues: 'write', checks: 'write', pull_requests: 'write' };
/** Opening the pull request; minted only after no foreign code runs any more. */
export const PUBLISH: Permissions = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
};

/** Opens the App; nothing is asked of GitHub yet. */
export function openGithubApp(credentials: AppCredentials, settings: ClientSettings): GithubApp {
  const { appId, privateKey, webhookSecret } = credentials;
  // The function form: Probot lays its own throttling over plain defaults.
  const Octokit = ProbotOctokit.defaults((options: object) => ({ ...options, ...clientOptions(settings) }));
  const probot = new Probot({
    appId,
    privateKey,
    secret: webhookSecret,
    baseUrl: settings.apiUrl,
    log: settings.log,
    Octokit,
  });
  const asApp = async (): Promise<GithubClient> => {
    const client = await probot.auth();
    if (!guarded.has(client)) guardRequests(client, settings.secrets, false);
    guarded.add(client);
    return client;
  };
  const guarded = new WeakSet<GithubClient>();
  let login: Promise<string> | undefined;
  const readLogin = async (): Promise<string> => {
    const { data } = await (await asApp()).rest.apps.getAuthenticated();
    return `${data?.slug ?? data?.name ?? 'architect'}[bot]`;
  };
  const mint = async (grant: Grant, permissions: Permissions): Promise<string> => {
    // Not octokit.auth(): it goes to github.com, whatever the base URL is.
    const { data } = await (
      await asApp()
    ).rest.apps.createInstallationAccessToken({
      installation_id: grant.installation,
      repository_ids: [grant.repository],
      permissions,
    });
    settings.secrets.add(data.token);
    return data.token;
  };
  const lease = (grant: Grant, permissions: Permissions, readOnly = false): Lease => {
    let held: { minted: number; token: Promise<ScopedToken> } | undefined;
    const end = async (): Promise<void> => {
      const old = held;
      held = undefined;
      const token = await old?.token.catch(() => undefined);
      if (token !== undefined) await revoke(createClient(settings, token.token, false), settings);
    };
    return {
      end,
      current: async () => {
        if (held !== undefined && performance.now() - held.minted > TOKEN_LIFE) await end();
        held ??= {
          minted: performance.now(),
          token: mint(grant, permissions).then((token) => ({
            token,
            client: createClient(settings, token, readOnly),
          })),
        };
        held.token.catch(() => (held = undefined));
        return held.token;
      },
    };
  };
  return {
    probot,
    appId,
    identify: async (signal) => {
      const { data } = await (await asApp()).rest.apps.getAuthenticated({ request: { signal, retries: 0 } });
      return (data as { id?: number } | null | undefined)?.id;
    },
    login: () => {
      login ??= readLogin();
      // A failure is not kept: GitHub may be back at the next event.
      login.catch(() => (login = undefined));
      return login;
    },
    lease,
    withToken: async (grant, permissions, work, readOnly) => {
      const held = lease(grant, permissions, readOnly);
      try {
        return await work(await held.current());
      } finally {
        await held.end();
      }
    },
  };
}

/** It ends by itself within the hour: a failure to end it now is worth a line, not a failed run. */
async function revoke(client: GithubClient, { log }: ClientSettings): Promise<void> {
  try {
    await client.rest.apps.revokeInstallationAccessToken();
  } catch (error) {
    log.warn(`A token was not revoked and ends within the hour: ${messageOf(error)}`);
  }
}
