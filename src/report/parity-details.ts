import type { Comparison, Difference } from '../verify/verdict.ts';
import type { ReportFacts } from './facts.ts';
import { code, python } from './markdown.ts';
import { sidesOf } from './verdict-text.ts';

/** One folded part: text, then a table that can be cut. */
export interface DetailsPart {
  title: string;
  intro: string[];
  head: string[];
  rows: string[][];
}

const OUTCOME = {
  same: 'equal',
  close: 'within 1e-6',
  different: '**different**',
  'not-run': 'not compared',
} as const;

/** The first differing element with what each side has there. */
function differenceCell(item: Difference & { verdict: Comparison }): string {
  if (item.verdict === 'same') return '';
  const [one, other] = sidesOf(item);
  return [
    item.path === undefined ? '' : code(item.path),
    item.reference === undefined ? '' : `${code(item.reference)} ${one}`,
    item.candidate === undefined ? '' : `${code(item.candidate)} ${other}`,
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** The table of all compared values. */
export function parityDetails(facts: ReportFacts): DetailsPart {
  const { verdict, plan } = facts;
  const kinds = new Map(plan.boundaries.map((boundary) => [boundary.key, boundary.name]));
  const values = new Map(
    [...plan.data, ...plan.result, ...plan.functions.flatMap((item) => item.returns)].map((value) => [
      value.name,
      value,
    ]),
  );
  const boundaries = verdict.boundaries.map((item) => {
    const seen = values.get(kinds.get(item.name) ?? item.name.split('.').at(-1) ?? '')?.facts;
    const kind =
      seen === undefined
        ? '-'
        : [
            seen.type.split('.').at(-1) ?? seen.type,
            seen.dtype ?? '',
            seen.shape === undefined ? '' : `(${seen.shape.join(', ')})`,
          ]
            .filter((text) => text !== '')
            .join(' ');
    return [code(item.name), code(kind), OUTCOME[item.verdict], differenceCell(item)];
  });
  const metrics = verdict.metrics.map((item) => [
    code(item.name),
    'metric',
    OUTCOME[item.verdict],
    item.reference === undefined && item.candidate === undefined
      ? item.verdict === 'not-run'
        ? ''
        : `${python(item.notebook)} / ${python(item.package)}`
      : differenceCell(item),
  ]);
  const rows = [...boundaries, ...metrics];
  const intro =
    rows.length === 0
      ? []
      : [
          'Every value was compared where a function of the package returns it with what the notebook had after the same statement: ' +
            'by a digest of its content (values, columns, dtypes, index), and where that differs element by element.',
        ];
  return {
    title: `Parity, value by value (${String(rows.length)})`,
    intro,
    head: ['Value', 'Type, shape', 'Comparison', 'Notebook / package'],
    rows,
  };
}
