import { expect } from '@jest/globals';
import { engineTest, python, testSandbox } from './engine.ts';

// What a program inside is kept from. Each program prints what it reached.

const { sandbox } = testSandbox();

engineTest('there is no network: only loopback, and names do not resolve', async () => {
  const program = `import os, socket
print(sorted(os.listdir("/sys/class/net")))
for target in [("1.1.1.1", 53), ("example.com", 80), ("172.17.0.1", 22)]:
    try: socket.create_connection(target, timeout=3); print("REACHED", target)
    except OSError: pass`;
  expect((await python(sandbox, program)).stdout).toBe("['lo']\n");
});

engineTest('the root is read-only, and only workspace, scratch and shared memory can be written', async () => {
  const program = `
for folder in ["/", "/etc", "/usr/lib", "/opt", "/var/tmp", "/root", "/home", "/work", "/tmp", "/dev/shm"]:
    try:
        open(folder + "/probe", "w").close(); print(folder)
    except OSError: pass`;
  expect((await python(sandbox, program)).stdout.trim().split('\n')).toEqual(['/work', '/tmp', '/dev/shm']);
});

engineTest('a program is no user of the host, has no capability and gains none', async () => {
  const program = `
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
print(status["Uid"].split(), status["CapEff"], status["CapBnd"], status["NoNewPrivs"], status["Seccomp"])`;
  const { stdout } = await python(sandbox, program);
  expect(stdout).toBe(
    "['10001', '10001', '10001', '10001'] 0000000000000000 0000000000000000 1 2\n",
  );
});

engineTest('sockets that a network namespace does not confine, tracing and io_uring are refused', async () => {
  const program = `import ctypes, os, platform, socket
for name in ["AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG", "AF_BLUETOOTH"]:
    try: socket.socket(getattr(socket, name), socket.SOCK_RAW).close(); print("OPENED", name)
    except (OSError, AttributeError): pass
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(16, os.getppid(), 0, 0), ctypes.get_errno())
numbers = {"x86_64": [310, 311], "aarch64": [270, 271]}[platform.machine()]
for number in numbers + [425, 426, 427]:
    ctypes.set_errno(0); print(libc.syscall(number, 1, 0, 0, 0, 0, 0), ctypes.get_errno())`;
  const { stdout } = await python(sandbox, program);
  // 1: not permitted.
  expect(stdout.split('\n').slice(0, -1)).toEqual(new Array<string>(6).fill('-1 1'));
});

engineTest('what numeric libraries need still works: processes, shared memory, semaphores, sockets', async () => {
  const program = `import asyncio, multiprocessing, multiprocessing.shared_memory, socket, subprocess, sys, tempfile
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool: print(pool.map(abs, [-1, -2]))
    block = multiprocessing.shared_memory.SharedMemory(create=True, size=1 << 20); block.close(); block.unlink()
    multiprocessing.Lock().acquire()
    socket.socketpair(); socket.socket().bind(("127.0.0.1", 0))
    asyncio.run(asyncio.sleep(0))
    tempfile.TemporaryFile().write(b"x")
    print(subprocess.run([sys.executable, "-c", "print(3)"], capture_output=True, text=True).stdout.strip())`;
  const result = await python(sandbox, '', {
    command: ['python3', 'main.py'],
    files: { 'main.py': program },
  });
  expect(result).toMatchObject({ exitCode: 0, stdout: '[1, 2]\n3\n', stderr: '' });
});

engineTest('modules below the workspace can be loaded, programs in the scratch folder not', async () => {
  const program = `import os, shutil, subprocess
for folder in ["/work", "/tmp"]:
    copy = shutil.copy("/bin/true", folder + "/copy")
    try: print(folder, subprocess.run([copy]).returncode)
    except PermissionError: print(folder, "refused")`;
  expect((await python(sandbox, program)).stdout).toBe('/work 0\n/tmp refused\n');
});

engineTest('the socket of the engine is not inside', async () => {
  const program = `import glob; print(glob.glob("/var/run/*.sock") + glob.glob("/run/**/*.sock", recursive=True))`;
  expect((await python(sandbox, program)).stdout).toBe('[]\n');
});
