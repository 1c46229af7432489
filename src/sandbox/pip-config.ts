import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the operator told pip about where packages come from. */
export interface PipConfig {
  indexUrl?: string;
  extraIndexUrls: string[];
  findLinks: string[];
  trustedHosts: string[];
  cert?: string;
  proxy?: string;
  /** Seconds. */
  timeout?: string;
  noIndex: boolean;
}

/** Option → value, keys as pip writes them: lower case, with dashes. */
type Options = Map<string, string>;

/**
 * Reads pip's configuration as pip would: system files, the user's, PIP_CONFIG_FILE, then PIP_* variables; in each
 * file `[install]` over `[global]`. A later value replaces an earlier one, lists included.
 * pip itself is not asked: the operator's machine may have none.
 */
export function readPipConfig(variables: NodeJS.ProcessEnv = process.env, files = configFiles(variables)): PipConfig {
  const options: Options = new Map();
  for (const file of files) {
    if (!existsSync(file)) continue;
    const sections = parseConfig(readFileSync(file, 'utf8'));
    for (const name of ['global', 'install']) {
      for (const [key, value] of sections.get(name) ?? []) options.set(key, value);
    }
  }
  for (const [name, value] of Object.entries(variables)) {
    // An empty variable is one that is not set, as pip sees it.
    if (name.startsWith('PIP_') && value) options.set(normal(name.slice(4)), value);
  }
  const words = (key: string): string[] => (options.get(key) ?? '').split(/\s+/).filter((word) => word !== '');
  const [indexUrl] = words('index-url');
  const cert = options.get('cert')?.trim();
  const [proxy] = words('proxy');
  const timeout = words('default-timeout')[0] ?? words('timeout')[0];
  return {
    ...(indexUrl === undefined ? {} : { indexUrl }),
    extraIndexUrls: words('extra-index-url'),
    findLinks: words('find-links'),
    trustedHosts: words('trusted-host'),
    ...(cert ? { cert: expand(cert) } : {}),
    ...(proxy === undefined ? {} : { proxy }),
    ...(timeout === undefined ? {} : { timeout }),
    noIndex: ['1', 'true', 'yes', 'on'].includes((options.get('no-index') ?? '').toLowerCase()),
  };
}

/** Where pip looks for its files, the weakest first. */
function configFiles(variables: NodeJS.ProcessEnv): string[] {
  const own = variables['PIP_CONFIG_FILE'];
  // pip's own way to say `no files at all`.
  if (own === '/dev/null') return [];
  const system = (variables['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').map((folder) => join(folder, 'pip', 'pip.conf'));
  const user =
    process.platform === 'darwin'
      ? [join(homedir(), 'Library', 'Application Support', 'pip', 'pip.conf')]
      : [];
  return [
    ...system.reverse(),
    '/etc/pip.conf',
    join(homedir(), '.pip', 'pip.conf'),
    join(variables['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'pip', 'pip.conf'),
    ...user,
    ...(variables['VIRTUAL_ENV'] ? [join(variables['VIRTUAL_ENV'], 'pip.conf')] : []),
    ...(own ? [own] : []),
  ];
}

/** The ini format of pip's files: sections, `key = value` or `key: value`, continued by indented lines. */
function parseConfig(text: string): Map<string, Options> {
  const sections = new Map<string, Options>();
  let section: Options = new Map();
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line);
    const pair = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (header?.[1] !== undefined) {
      section = sections.get(header[1]) ?? new Map<string, string>();
      sections.set(header[1], section);
      key = undefined;
    } else if (/^\s/.test(line) && key !== undefined) {
      section.set(key, `${section.get(key) ?? ''}\n${line.trim()}`.trim());
    } else if (pair?.[1] !== undefined) {
      key = normal(pair[1]);
      section.set(key, (pair[2] ?? '').trim());
    }
  }
  return sections;
}

function normal(name: string): string {
  const key = name.toLowerCase().replaceAll('_', '-');
  return key.startsWith('--') ? key.slice(2) : key;
}

/** `~` as the shell has it; pip expands it in paths. */
export function expand(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
