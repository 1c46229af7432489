import { createHmac, randomUUID } from 'node:crypto';

/** One attempt to send a webhook. */
export interface Delivery {
  id: number;
  /** The same for every attempt. */
  guid: string;
  event: string;
  action: string | undefined;
  payload: Record<string, unknown>;
  deliveredAt: string;
  redelivery: boolean;
  /** What the App answered; 0 before that, and where it did not. */
  status: number;
  /** As they were sent. */
  headers: Record<string, string>;
}

/** What happens to one delivery. */
export type HookPlan = (delivery: {
  event: string;
  payload: Record<string, unknown>;
}) => { drop?: boolean; duplicate?: boolean; delayMs?: number } | undefined;

/** Signs and sends webhooks, and keeps what was sent. */
export class Deliveries {
  readonly all: Delivery[] = [];
  plan: HookPlan | undefined;
  private target: string | undefined;
  readonly secret: string;
  private readonly appId: number;
  private readonly duplicates: string[] = [];
  private readonly stop = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private readonly watchers = new Set<() => void>();

  constructor(secret: string, appId: number) {
    this.secret = secret;
    this.appId = appId;
  }

  deliverTo(url: string): void {
    this.target = url;
  }

  duplicateNext(event: string): void {
    this.duplicates.push(event);
  }

  /** Sends it in the background: GitHub does not wait for an App either. */
  send(
    event: string,
    payload: Record<string, unknown>,
    guid: string = randomUUID(),
    redelivery = false,
  ): Delivery {
    const action = payload['action'];
    const delivery: Delivery = {
      id: 1000 + this.all.length,
      guid,
      event,
      action: typeof action === 'string' ? action : undefined,
      payload,
      deliveredAt: new Date().toISOString(),
      redelivery,
      status: 0,
      headers: {},
    };
    this.all.push(delivery);
    const task = this.attempt(delivery).finally(() => {
      this.running.delete(task);
      this.notify();
    });
    this.running.add(task);
    this.notify();
    return delivery;
  }

  /** Sends it again, with the same GUID and the same bytes, and waits for the App's answer. */
  async redeliver(guid: string): Promise<void> {
    const first = this.all.find((delivery) => delivery.guid === guid);
    if (first === undefined) throw new Error(`nothing was delivered with the GUID ${guid}`);
    this.send(first.event, first.payload, guid, true);
    await Promise.all(this.running);
  }

  waitFor(condition: (delivery: Delivery) => boolean, timeoutMs: number): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.all.find(condition);
        if (found === undefined) return;
        clearTimeout(timer);
        this.watchers.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.watchers.delete(look);
        const seen = this.all.map(({ event, action, status }) => `${event}.${action ?? ''} ${status}`);
        reject(new Error(`no such delivery in ${timeoutMs} ms; seen: ${seen.join(', ') || 'none'}`));
      }, timeoutMs);
      this.watchers.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.running);
  }

  private notify(): void {
    for (const look of [...this.watchers]) look();
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const { event, payload } = delivery;
    const plan = this.plan?.({ event, payload }) ?? {};
    const planned = this.duplicates.indexOf(event);
    if (planned >= 0) this.duplicates.splice(planned, 1);
    const body = JSON.stringify(payload);
    delivery.headers = this.headersOf(delivery, body);
    const target = this.target;
    if (target === undefined || plan.drop === true) return;
    if (plan.delayMs !== undefined) await this.pause(plan.delayMs);
    const times = plan.duplicate === true || planned >= 0 ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => this.post(target, delivery, body)));
  }

  private async post(target: string, delivery: Delivery, body: string): Promise<void> {
    // GitHub gives up after ten seconds
    const signal = AbortSignal.any([this.stop.signal, AbortSignal.timeout(10_000)]);
    try {
      const response = await fetch(target, { method: 'POST', headers: delivery.headers, body, signal });
      await response.arrayBuffer();
      delivery.status = response.status;
    } catch {
      // status 0 says that there was no answer
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.stop.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private headersOf({ guid, event }: Delivery, body: string): Record<string, string> {
    return {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-github-hook-id': '1',
      'x-github-hook-installation-target-type': 'integration',
      'x-github-hook-installation-target-id': String(this.appId),
      'x-hub-signature-256': `sha256=${createHmac('sha256', this.secret).update(body).digest('hex')}`,
    };
  }
}
