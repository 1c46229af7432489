import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GitRepository } from './repository.ts';
import { gitEnvironment } from './run-git.ts';

/**
 * Answers `info/refs`, `git-upload-pack` and `git-receive-pack` with git's own `http-backend`. Who may was decided before.
 *
 * @param done runs when git is done and before the client knows it
 */
export function serveGit(
  repository: GitRepository,
  service: string,
  request: IncomingMessage,
  response: ServerResponse,
  user: string,
  done: () => Promise<void>,
): Promise<void> {
  const { headers } = request;
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...gitEnvironment,
      GIT_PROJECT_ROOT: repository.folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${service}`,
      REQUEST_METHOD: request.method ?? 'GET',
      QUERY_STRING: (request.url ?? '').split('?')[1] ?? '',
      CONTENT_TYPE: headers['content-type'] ?? '',
      CONTENT_LENGTH: headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      REMOTE_USER: user,
    },
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined);
  backend.stderr.resume();
  response.on('close', () => backend.kill());
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    backend.on('error', reject);
    backend.stdout.on('data', (chunk: Buffer) => {
      if (response.headersSent) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const { status, fields } = parseHead(head.subarray(0, end).toString());
      response.writeHead(status, fields);
      response.write(head.subarray(end + 4));
    });
    backend.on('close', () => {
      if (!response.headersSent) response.writeHead(500);
      done().then(() => {
        response.end();
        resolve();
      }, reject);
    });
  });
}

function parseHead(text: string): { status: number; fields: Record<string, string> } {
  const fields: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    fields[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { status = '200', ...rest } = fields;
  return { status: Number.parseInt(status, 10), fields: rest };
}
