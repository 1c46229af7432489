import type { AgentEnd } from './agent.ts';

/** A proposal is over without a result. */
export class Ending extends Error {
  override readonly name = 'Ending';
  readonly end: Exclude<AgentEnd, 'finished'>;

  constructor(end: Exclude<AgentEnd, 'finished'>, reason: string) {
    super(reason);
    this.end = end;
  }
}
