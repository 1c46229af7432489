import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Mount } from './hardening.ts';
import { CERTIFICATES, SCRATCH, STORE, WORKSPACE } from './image.ts';
import { expand, readPipConfig, type PipConfig } from './pip-config.ts';

/** How many pages of an index in a folder are read to find where its wheels lie. */
const SAMPLE = 200;

/** Where a container gets packages from. */
export interface IndexAccess {
  mounts: Mount[];
  /** For pip, and certificates for everything. */
  variables: Record<string, string>;
  /** The same for uv, which does not read pip's configuration. */
  uvFlags: string[];
  /** Folders with wheels that go before any index. */
  wheelFolders: string[];
}

/**
 * Lets a container use the operator's package indexes: certificates and folders are mounted read-only at their own
 * paths, because pages of an index in a folder may name files by their full path.
 * @param secrets - whether passwords in addresses of indexes and proxies go along: only where no foreign code runs
 */
export function indexAccess(
  secrets: boolean,
  variables: NodeJS.ProcessEnv = process.env,
  config: PipConfig = readPipConfig(variables),
): IndexAccess {
  const folders = new Set<string>();
  const address = (location: string): string => {
    const folder = localFolder(location);
    if (folder === undefined) return secrets ? location : withoutPassword(location);
    for (const one of indexFolders(folder)) folders.add(one);
    return pathToFileURL(folder).href;
  };
  const index = config.indexUrl === undefined ? undefined : address(config.indexUrl);
  const extra = config.extraIndexUrls.map(address);
  const wheelFolders: string[] = [];
  const links = config.findLinks.map((location) => {
    const folder = localFolder(location);
    if (folder === undefined) return secrets ? location : withoutPassword(location);
    folders.add(folder);
    wheelFolders.push(folder);
    return folder;
  });
  const certificates = certificateFile(config, variables);
  const mounts: Mount[] = [...folders]
    .filter(mountable)
    .map((folder) => ({ type: 'bind', source: folder, target: folder }));
  if (certificates !== undefined) mounts.push({ type: 'bind', source: certificates, target: CERTIFICATES });
  return {
    mounts,
    wheelFolders,
    variables: {
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      PIP_NO_CACHE_DIR: '1',
      PIP_NO_INPUT: '1',
      ...(index === undefined ? {} : { PIP_INDEX_URL: index }),
      ...(extra.length === 0 ? {} : { PIP_EXTRA_INDEX_URL: extra.join(' ') }),
      ...(links.length === 0 ? {} : { PIP_FIND_LINKS: links.join(' ') }),
      ...(config.trustedHosts.length === 0 ? {} : { PIP_TRUSTED_HOST: config.trustedHosts.join(' ') }),
      ...(config.noIndex ? { PIP_NO_INDEX: '1' } : {}),
      ...(certificates === undefined
        ? {}
        : { PIP_CERT: CERTIFICATES, SSL_CERT_FILE: CERTIFICATES, REQUESTS_CA_BUNDLE: CERTIFICATES }),
      ...(config.timeout === undefined
        ? {}
        : { PIP_DEFAULT_TIMEOUT: config.timeout, UV_HTTP_TIMEOUT: config.timeout }),
      ...proxies(config, variables, secrets),
    },
    uvFlags: [
      ...(index === undefined ? [] : ['--index-url', index]),
      ...extra.flatMap((url) => ['--extra-index-url', url]),
      ...links.flatMap((link) => ['--find-links', link]),
      ...config.trustedHosts.flatMap((host) => ['--allow-insecure-host', host]),
      ...(config.noIndex ? ['--no-index'] : []),
      // pip looks at all indexes and takes the best; uv would stop at the first that knows the name.
      '--index-strategy',
      'unsafe-best-match',
    ],
  };
}

/** The folder that an index or find-links location names, when it names one that is there. */
function localFolder(location: string): string | undefined {
  let path: string;
  if (location.startsWith('file:')) path = fileURLToPath(location);
  else if (location.includes('://')) return undefined;
  else path = resolve(expand(location));
  return existsSync(path) && statSync(path).isDirectory() ? path : undefined;
}

/**
 * The folders that an index in a folder needs: itself, and those beside it that its pages link to (`../../files/…`).
 * Its parent as a whole would be easier, and could be somebody's home.
 */
function indexFolders(index: string): string[] {
  const parent = dirname(index);
  const folders = new Set([index]);
  for (const name of readdirSync(index).slice(0, SAMPLE)) {
    const page = join(index, name, 'index.html');
    if (!existsSync(page)) continue;
    for (const [, link = ''] of readFileSync(page, 'utf8').matchAll(/href="([^"#]+)/g)) {
      const file = link.startsWith('file:') ? fileURLToPath(link) : resolve(dirname(page), decodeURI(link));
      if (link.includes('://') && !link.startsWith('file:')) continue;
      const way = relative(parent, file);
      const [beside] = way.split(sep);
      if (beside === undefined || beside === '..' || isAbsolute(way) || !way.includes(sep)) continue;
      folders.add(join(parent, beside));
    }
  }
  return [...folders];
}

/** A folder may appear at its own path unless that would hide what a container is made of. */
function mountable(folder: string): boolean {
  const taken = [WORKSPACE, STORE, '/proc', '/sys', '/dev', '/usr', '/bin', '/lib', '/lib64', '/etc', '/sbin'];
  return folder !== '/' && folder !== SCRATCH && !taken.includes(folder) && !/^\/(proc|sys|dev)\//.test(folder);
}

/** The bundle that the operator's tools use; the image's own would not know a company's authority. */
function certificateFile(config: PipConfig, variables: NodeJS.ProcessEnv): string | undefined {
  const candidates = [
    config.cert,
    variables['SSL_CERT_FILE'],
    variables['REQUESTS_CA_BUNDLE'],
    variables['CURL_CA_BUNDLE'],
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
  ];
  const file = candidates.find((path) => path !== undefined && existsSync(path) && statSync(path).isFile());
  return file === undefined ? undefined : realpathSync(file);
}

function proxies(
  config: PipConfig,
  variables: NodeJS.ProcessEnv,
  secrets: boolean,
): Record<string, string> {
  const found: Record<string, string> = {};
  if (config.proxy !== undefined) {
    const proxy = secrets ? config.proxy : withoutPassword(config.proxy);
    Object.assign(found, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy });
  }
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']) {
    for (const spelling of [name, name.toLowerCase()]) {
      const value = variables[spelling];
      if (value) found[spelling] = secrets ? value : withoutPassword(value);
    }
  }
  return found;
}

/** An address without user name and password. */
export function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/@\s]+@/g, '//');
}
