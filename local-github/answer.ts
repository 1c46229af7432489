/** What is sent back. `raw` wins over `body`, which is sent as JSON. */
export interface Answer {
  status: number;
  body?: unknown;
  raw?: Buffer | string;
  headers?: Record<string, string>;
}

const documentation = 'https://docs.github.com/rest';

/** A refusal, in GitHub's words. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(status: number, message: string, errors?: unknown[]) {
    super(message);
    const body = {
      message,
      ...(errors && { errors }),
      documentation_url: documentation,
      status: String(status),
    };
    this.answer = { status, body };
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');
export const badCredentials = (): Refusal => new Refusal(401, 'Bad credentials');
export const requiresAuthentication = (): Refusal => new Refusal(401, 'Requires authentication');
export const notAccessible = (): Refusal => new Refusal(403, 'Resource not accessible by integration');

/** 422 with one entry in `errors`. */
export function invalid(resource: string, code: string, fields: Record<string, unknown>): Refusal {
  return new Refusal(422, 'Validation Failed', [{ resource, code, ...fields }]);
}

export const ok = (body: unknown, headers?: Record<string, string>): Answer => ({
  status: 200,
  body,
  ...(headers && { headers }),
});
export const created = (body: unknown): Answer => ({ status: 201, body });

/** One page of a list, with GitHub's `Link` header. `wrap` puts it into an object with the total. */
export function page<T>(
  items: T[],
  url: URL,
  wrap: (slice: T[], total: number) => unknown = (slice) => slice,
): Answer {
  const size = Math.min(Math.max(Number(url.searchParams.get('per_page') ?? 30) || 30, 1), 100);
  const number = Math.max(Number(url.searchParams.get('page') ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (to: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev'), link(1, 'first')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
  ];
  const slice = items.slice((number - 1) * size, number * size);
  return ok(wrap(slice, items.length), links.length > 0 ? { link: links.join(', ') } : undefined);
}
