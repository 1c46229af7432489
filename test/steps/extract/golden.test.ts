import fs from 'node:fs';
import path from 'node:path';
import { readNotebook } from '../../../src/notebook/read-notebook.ts';
import { loadPython } from '../../../src/python/load-parser.ts';
import { literalToPython } from '../../../src/python/literals.ts';
import { analyse, renderExtractionPlan, watchPlan } from '../../../src/steps/1-extract/extract.ts';
import type { Extraction } from '../../../src/steps/1-extract/extraction.ts';
import { suite } from '../../golden.ts';
import { STATIC } from './extract-cells.ts';

await loadPython();

// The notebooks are read without a run: everything here is what the text alone says.
suite('fixtures/extract', ({ folder, settings }) => {
  const reading = readNotebook(
    fs.readFileSync(path.join(folder, 'notebook.ipynb'), 'utf8'),
    'notebook.ipynb',
    '0',
  );
  if (!('notebook' in reading)) throw new Error(reading.refused.message);
  const sources = Array.isArray(settings['sources'])
    ? settings['sources'].map((each) => ({ path: String(each) }))
    : [];
  const extraction = analyse(reading.notebook, sources, STATIC, {});
  return {
    'EXTRACTION_PLAN.md': renderExtractionPlan(extraction),
    'extraction.txt': summary(extraction),
    'watch.txt':
      watchPlan(reading.notebook)
        .map(({ id, cell, watch, mayMutate, expressions }) => {
          const places = expressions.map(
            ({ key, line, column, endLine, endColumn }) => `${key}@${line}:${column}-${endLine}:${endColumn}`,
          );
          return `${id} cell ${cell} watch [${watch.join(' ')}] may change [${mayMutate.join(' ')}] ${places.join(' ')}`.trimEnd();
        })
        .join('\n') + '\n',
  };
});

/** What a reviewer of a change wants to see move: verdicts, keys, findings. */
function summary({
  statements,
  target,
  metrics,
  hyperparameters,
  findings,
  inputs,
  outputs,
  candidates,
}: Extraction): string {
  const lines = [
    ...statements.map(({ cell, line, kept, auxiliary, stage, text, reason, mutates, random }) => {
      const more = [...mutates.map((name) => `changes ${name}`), ...random.map((name) => `draws ${name}`)];
      return `${kept ? '+' : auxiliary ? '~' : '-'} ${cell}:${line} ${stage}: ${JSON.stringify(text.slice(0, 60))} ${reason}${more.length > 0 ? ` [${more.join(', ')}]` : ''}`;
    }),
    `target ${JSON.stringify(target)}`,
    `candidates ${candidates.join(' ')}`,
    ...metrics.map(
      ({ key, text, kind, function: by }) => `metric ${key} = ${text} (${kind}, ${by ?? 'by hand'})`,
    ),
    ...hyperparameters.map(({ key, literal, places }) => {
      const texts = places.map(({ statement, span }) =>
        statements[statement]?.text.slice(span.start, span.end),
      );
      return `key ${key} = ${literalToPython(literal)} at ${texts.join(' and ')}`;
    }),
    ...inputs.map(({ key, written, path: found }) => `input ${key} ${written} -> ${found}`),
    ...outputs.map(
      ({ key, written, path: to, kind, object }) => `output ${key} ${written} -> ${to} (${kind} ${object})`,
    ),
    ...findings.map(
      ({ severity, code, cell, line, message, advice }) =>
        `finding ${severity} ${code} ${cell}:${line} ${message}. ${advice}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
