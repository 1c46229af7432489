import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type Docker from 'dockerode';
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
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  return start !== undefined && start !== '' && startOf(pid) !== start;
}

/** Ignores that something is not there any more, or is being removed by somebody else. */
async function gone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (![404, 409].includes(statusCode(error) ?? 0)) throw error;
  }
}

/** Kills and removes a container, whatever state it is in. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  await gone(docker.getContainer(id).remove({ force: true, v: true }));
}

/** Removes a volume. */
export async function removeVolume(docker: Docker, name: string): Promise<void> {
  await gone(docker.getVolume(name).remove({ force: true }));
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
