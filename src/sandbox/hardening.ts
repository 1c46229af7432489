import { readFileSync } from 'node:fs';
import type Docker from 'dockerode';
import { SANDBOX_UID, SCRATCH } from './image.ts';
import { OWNER, OWNER_LABEL } from './owner.ts';
import { variableLines } from './variables.ts';

const MIB = 1024 * 1024;

/** Something of the host that a container sees. */
export type Mount =
  | { type: 'volume'; source: string; target: string }
  | { type: 'bind'; source: string; target: string; writable?: boolean };

/** One container, before the locks are put on. */
export interface ContainerSpec {
  image: string;
  command: string[];
  variables: Record<string, string>;
  folder: string;
  mounts: Mount[];
  /** `none`, or the engine's network that reaches the package index. */
  network: string;
  /** MiB, all writable memory file systems of the container included. */
  memory: number;
  /** Size of the scratch folder, MiB. */
  scratch: number;
  cpus: number;
  pids: number;
  /** Largest file, MiB: also bounds how large a sparse file can claim to be. */
  largestFile: number;
  uid?: number;
}

let profile: string | undefined;

/** The seccomp filter as the engine wants it: the text of the profile, not its path. */
function seccomp(): string {
  profile ??= JSON.stringify(
    JSON.parse(readFileSync(new URL('./seccomp/profile.json', import.meta.url), 'utf8')),
  );
  return profile;
}

/**
 * Puts every lock that the engine has on a container.
 *
 * The scratch folder is `noexec` and the workspace is not: `make install` of a package puts compiled modules below the
 * workspace and Python must be able to map them. Python runs any code it likes in any case, so `noexec` only keeps
 * setuid copies and dropped programs out of a place where nothing needs them.
 */
export function hardened(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const uid = spec.uid ?? SANDBOX_UID;
  const fsize = spec.largestFile * MIB;
  return {
    Image: spec.image,
    Cmd: spec.command,
    Env: variableLines(spec.variables),
    User: `${uid}:${uid}`,
    WorkingDir: spec.folder,
    // The name of the machine gets into output and models; a constant one lets two runs compare.
    Hostname: 'sandbox',
    Labels: { [OWNER_LABEL]: OWNER },
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    NetworkDisabled: spec.network === 'none',
    StopTimeout: 1,
    HostConfig: {
      NetworkMode: spec.network,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges', `seccomp=${seccomp()}`],
      PidsLimit: spec.pids,
      Memory: spec.memory * MIB,
      // The same as memory: no swap.
      MemorySwap: spec.memory * MIB,
      NanoCpus: Math.round(spec.cpus * 1e9),
      // Reaps what the program leaves behind, and takes the signals that PID 1 would ignore.
      Init: true,
      OomScoreAdj: 500,
      // Nothing of what a program prints is written to the host's disk; we keep a bounded part of the stream.
      LogConfig: { Type: 'none', Config: {} },
      Ulimits: [
        { Name: 'fsize', Soft: fsize, Hard: fsize },
        { Name: 'nofile', Soft: 4096, Hard: 4096 },
        { Name: 'core', Soft: 0, Hard: 0 },
      ],
      // joblib and torch share arrays between processes through /dev/shm.
      ShmSize: spec.scratch * MIB,
      Tmpfs: { [SCRATCH]: `rw,noexec,nosuid,nodev,size=${spec.scratch}m,nr_inodes=20000,mode=1777` },
      Mounts: spec.mounts.map((mount) => ({
        Type: mount.type,
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.type === 'bind' && mount.writable !== true,
        // Otherwise an empty volume takes over the owner of the folder in the image, which is root.
        ...(mount.type === 'volume' ? { VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } } } : {}),
      })),
    },
  };
}
