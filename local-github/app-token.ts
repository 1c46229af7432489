import { createSign } from 'node:crypto';

/** A JSON web token of the App, as the App itself makes it: what the front door asks emulate as the App. */
export function signAppToken({ app }: { app: { id: number; privateKey: string } }): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: seconds - 60, exp: seconds + 300, iss: app.id })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`;
}
