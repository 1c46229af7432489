import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { JsonResult } from '../src/config/output.ts';
import { good, LOADER, MORE_TESTS } from './agents/good-model.ts';
import { type ScriptedModel, startScriptedModel } from './agents/scripted-model.ts';
import { readTree } from './golden.ts';
import { root } from './run-tool.ts';
import { engineTest } from './sandbox/engine.ts';

describe('the notebook of the demo with a model that refines its package', () => {
  let folder: string;
  let server: ScriptedModel;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'architect-model-'));
    cpSync(join(root, 'fixtures/demo'), folder, { recursive: true });
    writeFileSync(join(folder, '.architect.yaml'), 'llm: {model: openai/good}\n');
    server = await startScriptedModel({ good });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  engineTest('is verified again, to the bit, and has its words and tests', async () => {
    const args = ['productionize', 'rentals.ipynb', '--out', 'package', '--json'];
    const child = spawn(join(root, 'bin/architect.js'), args, {
      cwd: folder,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        ...{ ARCHITECT_MODELS: 'openai/good', OPENAI_API_KEY: 'sk-a-key-that-goes-nowhere-else-1' },
        ARCHITECT_MODEL_PROVIDERS: `openai=${server.baseUrl}#OPENAI_API_KEY`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, 'close');
    if (!stdout.startsWith('{')) throw new Error(stderr);
    const result = JSON.parse(stdout) as JsonResult;
    const files = result.model?.steps.flatMap((step) => step.files) ?? [];
    expect(files.map(({ path, kept, because }) => [path, kept, ...because])).toEqual([
      [LOADER, true, 'words of `require_file`', 'adds a check to `check_columns`', 'words of `clean_data`'],
      ['tests/test_raw_table.py', true, 'a new file'],
    ]);
    expect(result).toMatchObject({ status: 'verified', parity: 'same', model: { proofs: 1 } });
    for (const { notebook, package: own } of result.metrics) expect(own).toBe(notebook);
    expect(result.lint).toEqual({ ruff: 0, types: 0 });
    expect(result.tests.failed).toBe(0);

    const tree = readTree(join(folder, 'package'));
    expect(tree[LOADER]).toContain('"""Fill gaps in humidity and wind');
    expect(tree[LOADER]).toContain('return data_file');
    expect(tree['tests/test_raw_table.py']).toBe(MORE_TESTS);
    expect(tree['REPORT.md']).toContain('**Verified.**');
    expect(tree['REPORT.md']).toContain('2 kept, 0 dropped');
    expect(stderr).toContain('Prove what the model changed');
    expect(JSON.stringify(tree) + stdout + stderr).not.toContain('sk-a-key');
  });
});
