/** One request and its answer. Tokens in it are redacted. */
export interface TraceEntry {
  kind: 'rest' | 'graphql' | 'git' | 'page';
  method: string;
  /** Without `/api/v3` and without the query. */
  path: string;
  query: string;
  status: number;
  caller: 'anonymous' | 'app' | 'installation' | 'user' | 'unknown';
  /** The login of the caller, where there is one. */
  login: string | undefined;
  requestBody: unknown;
  responseBody: unknown;
  /** True where a fault answered. */
  injected: boolean;
}

/** Replaces what is secret in a body by a word. */
export function redact(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('token' in body)) return body;
  return { ...body, token: 'redacted' };
}
