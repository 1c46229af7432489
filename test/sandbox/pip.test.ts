import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { indexAccess, withoutPassword } from '../../src/sandbox/index-access.ts';
import { readPipConfig } from '../../src/sandbox/pip-config.ts';
import { compareVersions, constraints, usableWheels } from '../../src/sandbox/wheels.ts';

const folder = mkdtempSync(join(tmpdir(), 'architect-pip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
};

test('files of pip, the weakest first: a later value replaces an earlier one, [install] goes over [global]', () => {
  const system = write('system.conf', '[global]\nindex-url = https://one/simple\nfind-links = /a\n');
  const user = write(
    'user.conf',
    '# mine\n[install]\nextra_index_url =\n    https://two/simple\n    https://three/simple\n[global]\nfind-links: /b\n  /c\n',
  );
  expect(readPipConfig({ PIP_TRUSTED_HOST: 'one two', PIP_CERT: '' }, [system, user])).toEqual({
    indexUrl: 'https://one/simple',
    extraIndexUrls: ['https://two/simple', 'https://three/simple'],
    findLinks: ['/b', '/c'],
    trustedHosts: ['one', 'two'],
    noIndex: false,
  });
  expect(readPipConfig({ PIP_FIND_LINKS: '/d', PIP_NO_INDEX: '1' }, [system, user])).toMatchObject({
    findLinks: ['/d'],
    noIndex: true,
  });
});

test('an index in a folder is mounted with the files that its pages link to, and not with what lies beside them', () => {
  write('index/simple/six/index.html', '<a href="../../files/six-1.0-py3-none-any.whl#sha256=0">six</a>');
  write('index/files/six-1.0-py3-none-any.whl', '');
  write('index/private/key', '');
  const wheels = join(folder, 'wheels');
  write('wheels/six-1.0-py3-none-any.whl', '');
  const simple = join(folder, 'index', 'simple');
  const access = indexAccess(false, {}, {
    extraIndexUrls: [`file://${simple}`, 'https://user:word@host/simple'],
    findLinks: [wheels],
    trustedHosts: [],
    noIndex: false,
  });
  const mounted = access.mounts.map((mount) => mount.source);
  expect(mounted).toEqual(expect.arrayContaining([simple, join(folder, 'index', 'files'), wheels]));
  expect(mounted).not.toContain(join(folder, 'index', 'private'));
  expect(mounted).not.toContain(join(folder, 'index'));
  expect(access.variables).toMatchObject({
    PIP_EXTRA_INDEX_URL: `file://${simple} https://host/simple`,
    PIP_FIND_LINKS: wheels,
  });
  expect(access.uvFlags).toEqual(expect.arrayContaining(['--find-links', wheels]));
  expect(access.wheelFolders).toEqual([wheels]);
});

test('passwords go along only where no foreign code runs', () => {
  const variables = { HTTPS_PROXY: 'http://me:word@proxy:3128' };
  const config = { indexUrl: 'https://me:word@host/simple', extraIndexUrls: [], findLinks: [], trustedHosts: [], noIndex: false };
  expect(JSON.stringify(indexAccess(false, variables, config))).not.toContain('word');
  const access = indexAccess(true, variables, config);
  expect(access.variables).toMatchObject({
    HTTPS_PROXY: 'http://me:word@proxy:3128',
    PIP_INDEX_URL: 'https://me:word@host/simple',
  });
  expect(withoutPassword('see https://me:word@host/a and //b@c')).toBe('see https://host/a and //c');
});

test('only wheels that the Python of the image can use count', () => {
  const python = { version: '3.11.2', machine: 'x86_64', libc: '2.36' };
  const wheels = mkdtempSync(join(folder, 'w-'));
  const fit = [
    'a-1.0-py3-none-any.whl',
    'b-1.0-cp311-cp311-manylinux_2_28_x86_64.whl',
    'c-1.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    'd_e-1.0+cpu-1-cp311-none-linux_x86_64.whl',
    'f-1.0-py2.py3-none-any.whl',
  ];
  const unfit = [
    'g-1.0-cp312-cp312-manylinux_2_28_x86_64.whl',
    'h-1.0-cp311-cp311-manylinux_2_40_x86_64.whl',
    'i-1.0-cp311-cp311-macosx_11_0_arm64.whl',
    'j-1.0-cp312-abi3-manylinux2014_x86_64.whl',
    'k-1.0-py2-none-any.whl',
    'l-1.0-cp311-cp311-manylinux2014_aarch64.whl',
    'm-1.0.tar.gz',
  ];
  for (const name of [...fit, ...unfit]) writeFileSync(join(wheels, name), '');
  expect(usableWheels(wheels, python).map((wheel) => `${wheel.name} ${wheel.version}`)).toEqual([
    'a 1.0',
    'b 1.0',
    'c 1.0',
    'd-e 1.0+cpu',
    'f 1.0',
  ]);
});

test('the highest wheel of the operator wins, and a pinned version gets its own wheel or none', () => {
  const wheels = ['2.9.0+cpu', '2.13.0+cpu', '2.13.0rc1'].map((version) => ({ name: 'torch', version }));
  expect(constraints(wheels, ['torch'])).toEqual(['torch==2.13.0+cpu']);
  expect(constraints(wheels, ['Torch[x] == 2.9.0 ; python_version > "3"'])).toEqual(['torch==2.9.0+cpu']);
  expect(constraints(wheels, ['torch==2.5.0'])).toEqual([]);
  expect(compareVersions('2.10', '2.9.1')).toBeGreaterThan(0);
});
