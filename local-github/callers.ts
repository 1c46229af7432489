import { createPublicKey, verify } from 'node:crypto';
import { badCredentials, Refusal } from './answer.ts';

/** Who sends a request. */
export type Caller =
  | { kind: 'anonymous' }
  /** A JSON web token of the App. */
  | { kind: 'app'; token: string }
  | { kind: 'user'; token: string; login: string }
  | {
      kind: 'installation';
      token: string;
      login: string;
      permissions: Record<string, string>;
      /** Full names; all of the account where it is undefined. */
      repositories: string[] | undefined;
    };

/** Every token that was handed out and lives. emulate takes any string for its first user; GitHub does not. */
export class Callers {
  private readonly known = new Map<string, { caller: Caller; expires: number }>();
  private readonly owner: { id: number; privateKey: string };

  /** @param owner the App that is there */
  constructor(owner: { id: number; privateKey: string }) {
    this.owner = owner;
  }

  add(token: string, caller: Caller, expires = Number.POSITIVE_INFINITY): void {
    this.known.set(token, { caller, expires });
  }

  forget(token: string): void {
    this.known.delete(token);
  }

  expire(token: string): void {
    const entry = this.known.get(token);
    if (entry === undefined) throw new Error('no such token was handed out');
    entry.expires = 0;
  }

  /** From the header `Authorization`: `token`, `Bearer`, or `Basic` with the token as the password. Throws 401. */
  identify(authorization: string | undefined): Caller {
    if (authorization === undefined || authorization === '') return { kind: 'anonymous' };
    const [, scheme = '', rest = ''] = /^(\S+)\s+(.+)$/.exec(authorization) ?? [];
    const token = scheme.toLowerCase() === 'basic' ? password(rest) : rest;
    if (token.startsWith('eyJ')) return app(token, this.owner);
    const entry = this.known.get(token);
    if (entry === undefined || entry.expires <= Date.now()) throw badCredentials();
    return entry.caller;
  }
}

/** GitHub takes no web token that lives longer than ten minutes. emulate looks at the end. */
function app(token: string, { id, privateKey }: { id: number; privateKey: string }): Caller {
  const [head = '', body = '', signature = ''] = token.split('.');
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as { exp?: number; iss?: unknown };
  if (Number(payload.iss) !== id) throw new Refusal(404, 'Integration not found');
  const signed = Buffer.from(`${head}.${body}`);
  if (!verify('RSA-SHA256', signed, createPublicKey(privateKey), Buffer.from(signature, 'base64url')))
    throw new Refusal(401, 'A JSON web token could not be decoded');
  if ((payload.exp ?? 0) > Date.now() / 1000 + 600)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  return { kind: 'app', token };
}

function password(basic: string): string {
  return Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':');
}
