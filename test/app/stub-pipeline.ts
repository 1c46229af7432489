import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pipeline } from '../../src/app/ports.ts';
import { sha256 } from '../../src/lib/text.ts';
import { readNotebook } from '../../src/notebook/read-notebook.ts';
import type { ReportFacts } from '../../src/report/facts.ts';
import { root } from '../run-tool.ts';

/** A hook that runs in the middle of the work. */
export interface StubOptions {
  status?: 'verified' | 'unverified';
  /** Called before the package is published; with its number, from 1. */
  middle?: (call: number, signal: AbortSignal | undefined) => Promise<void>;
  /** More files of the package. */
  files?: Record<string, string>;
  findings?: ReportFacts['extraction']['findings'];
  report?: string;
}

const json = (file: string): unknown => JSON.parse(readFileSync(join(root, 'fixtures/report', file), 'utf8'));

/** A pipeline that uses its ports as the real one does, and makes a small package out of the notebook's text at once. */
export function stubPipeline(options: StubOptions = {}): Pipeline {
  let calls = 0;
  return async (request, ports, step) => {
    const source = await step('fetch', () => ports.repo.checkout());
    const reading = readNotebook(source.text, source.path, sha256(source.text));
    if ('refused' in reading) return { kind: 'refused', diagnostics: [reading.refused] };
    const facts = json('base.json') as ReportFacts;
    facts.verdict.status = options.status ?? 'verified';
    facts.extraction.findings = options.findings ?? [];
    ports.say('stubbed work');
    calls += 1;
    await options.middle?.(calls, ports.signal);
    const tree = await step('harden', () => ({
      'EXTRACTION_PLAN.md': `# Plan of ${source.path}\n`,
      Makefile: 'train:\n\tpython -m src.training.train\n',
      'configs/default.yaml': `target: ${request.target ?? 'none'}\npaths:\n  root: ${ports.repo.root}\n`,
      'src/__init__.py': '',
      'src/models/model.py': `SOURCE = "${sha256(source.text)}"\n`,
      'tests/test_model.py': 'def test_model() -> None:\n    pass\n',
      ...options.files,
    }));
    const report = `# Report of ${source.path}\n\n${options.report ?? ''}\n`;
    const place = await step('publish', () =>
      ports.repo.publish({ ...tree, 'REPORT.md': report }, facts.verdict),
    );
    return { kind: 'made', facts, diagnostics: [], files: Object.keys(tree), place };
  };
}
