import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { systemCode } from '../lib/errors.ts';
import { statusCode } from './errors.ts';

/** Label on every container and volume: who started it. */
export const OWNER_LABEL = 'dev.architect.owner';

/**
 * When a process started, in the kernel's ticks, so that a number that was given out again is not taken for the
 * process that had it before. Empty where there is no /proc, or no such process.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program is in brackets and may hold blanks; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** This process, as `host/pid/start`. */
export const OWNER = `${hostname()}/${process.pid}/${startOf(process.pid)}`;

/** Whether the process that `owner` names is gone for certain: another host's process never is. */
export function isDead(owner: string): boolean {
  const [host, number, start] = owner.split('/');
  const pid = Number(number);
  if (host !== hostname() || !Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
  return start !== undefined && start !== '' && startOf(pid) !== start;
}

/** How often a removal is tried again while the engine says `in use`, and how long between, milliseconds. */
const TRIES = 30;
const PAUSE = 100;

/** Removes something; that it is not there any more is fine, and what is in use for another moment is waited for. */
async function gone(remove: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await remove();
      return;
    } catch (error) {
      if (statusCode(error) === 404) return;
      // 409: somebody else is removing it, or the last container of a volume is. 500: its file system is still busy.
      if (![409, 500].includes(statusCode(error) ?? 0) || tries === TRIES) throw error;
      await sleep(PAUSE);
    }
  }
}

/** Kills and removes a container, whatever state it is in. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  await gone(() => docker.getContainer(id).remove({ force: true, v: true }));
}

/** Removes a volume. */
export async function removeVolume(docker: Docker, name: string): Promise<void> {
  await gone(() => docker.getVolume(name).remove({ force: true }));
}

/** Removes the containers and volumes of every owner that `unwanted` accepts. */
export async function sweep(docker: Docker, unwanted: (owner: string) => boolean): Promise<void> {
  const filters = { label: [OWNER_LABEL] };
  const wanted = (labels: Record<string, string> | null | undefined): boolean =>
    !unwanted(labels?.[OWNER_LABEL] ?? '');
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.filter((one) => !wanted(one.Labels)).map((one) => removeContainer(docker, one.Id)),
  );
  // A volume goes only after the last container that uses it.
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  await Promise.all(
    (volumes ?? []).filter((one) => !wanted(one.Labels)).map((one) => removeVolume(docker, one.Name)),
  );
}
