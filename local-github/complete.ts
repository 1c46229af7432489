type JsonObject = Record<string, unknown>;

/** What does not stand in emulate's objects. */
export interface Surroundings {
  /** The front door. */
  url: string;
  app: { slug: string };
  /** The App as GitHub shows it; `undefined` while we are starting. */
  appDescription: JsonObject | undefined;
}

/**
 * Fills what emulate leaves out of its objects and puts links of the API under `/api/v3`, where GitHub Enterprise Server
 * has them. Changes its argument and returns it.
 */
export function complete<T>(value: T, around: Surroundings): T {
  if (Array.isArray(value)) for (const item of value) complete(item, around);
  else if (typeof value === 'object' && value !== null) completeObject(value as JsonObject, around);
  return value;
}

function completeObject(object: JsonObject, around: Surroundings): void {
  const base = around.url;
  if (typeof object['login'] === 'string' && typeof object['id'] === 'number') completeAccount(object, base);
  if ('active_lock_reason' in object === false && 'mergeable_state' in object)
    object['active_lock_reason'] = null;
  if (typeof object['color'] === 'string' && 'default' in object) object['description'] ??= null;
  if ('performed_via_github_app' in object) {
    const author = (object['user'] as { login?: string } | null)?.login;
    const byApp = author === `${around.app.slug}[bot]`;
    object['performed_via_github_app'] = byApp ? (around.appDescription ?? null) : null;
  }
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === 'string') {
      if (/(^|_)(url|href)$/.test(key)) object[key] = apiLink(value, base);
    } else complete(value, around);
  }
}

/** A user, organisation or bot. */
function completeAccount(account: JsonObject, base: string): void {
  const login = encodeURIComponent(String(account['login']));
  const api = `${base}/api/v3/users/${login}`;
  const complete: JsonObject = {
    node_id: '',
    gravatar_id: '',
    url: api,
    html_url: `${base}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: 'User',
    site_admin: false,
  };
  for (const [key, value] of Object.entries(complete)) account[key] ??= value;
  if (String(account['login']).endsWith('[bot]')) account['type'] = 'Bot';
  account['avatar_url'] ||= `${base}/avatars/u/${login}`;
}

/** `[bot]` is escaped in links, and those of the API lie under its prefix. */
export function apiLink(link: string, base: string): string {
  const escaped = link.replaceAll('[bot]', '%5Bbot%5D');
  const rest = escaped.slice(base.length);
  const isApi =
    escaped.startsWith(base) && /^\/(repos|users|orgs|user|app|teams|installation)(\/|$)/.test(rest);
  return isApi ? `${base}/api/v3${rest}` : escaped;
}
