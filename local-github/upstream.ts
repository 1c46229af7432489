import { Refusal } from './answer.ts';

export interface UpstreamAnswer<T = unknown> {
  status: number;
  data: T;
  headers: Headers;
}

/** emulate's own address, behind the front door. */
export class Upstream {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** @param path with its query */
  async send<T = unknown>(
    token: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    accept = 'application/json',
  ): Promise<UpstreamAnswer<T>> {
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        accept,
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      data: (isJson && text !== '' ? JSON.parse(text) : text || undefined) as T,
      headers: response.headers,
    };
  }

  /** The data of a GET, or a refusal with emulate's status. */
  async get<T>(token: string | undefined, path: string): Promise<T> {
    const { status, data } = await this.send<T>(token, 'GET', path);
    if (status === 200) return data;
    const message = (data as { message?: string } | undefined)?.message ?? 'Not Found';
    throw new Refusal(status, message);
  }
}
