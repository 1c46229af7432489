import { annotationOf, describeShape, type Annotation } from './annotations.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import { outputFacts, type CodeContext } from './code-context.ts';
import type { SegmentSignature } from './segment-code.ts';

/** One field of `PreparedData`. */
export interface Field {
  name: string;
  /** Expression that it gets. */
  value: string;
  annotation: Annotation;
  text: string;
}

/** What the serving of raw rows adds to the data stage. */
export interface ServingData {
  constants: string;
  before: string[];
  /** Lines behind the call of a segment, by its index. */
  after: Map<number, string[]>;
  fields: Field[];
}

/** Whether training keeps anything for new rows: statistics of all rows, scalers, or columns that only training has. */
export function keepsValues(context: CodeContext): boolean {
  const { serving } = context.layout;
  return (
    serving.kind === 'raw_rows' &&
    (serving.path.stateful.length + serving.path.kept.length > 0 || serving.path.fills)
  );
}

/** Facts of the raw rows as the package has them: behind the whole segment that reads them, not behind the statement. */
export function rawFacts(context: CodeContext): ValueFacts | undefined {
  const { serving, segments } = context.layout;
  if (serving.kind !== 'raw_rows') return undefined;
  const segment = segments[serving.root];
  return segment && outputFacts(context, segment, serving.path.raw);
}

/** The raw rows and the kept values, as lines and fields of the data stage. */
export function servingFields(signatures: SegmentSignature[], context: CodeContext): ServingData {
  const { serving } = context.layout;
  if (serving.kind !== 'raw_rows') return { constants: '', before: [], after: new Map(), fields: [] };
  const { path, root } = serving;
  const keeps = keepsValues(context);
  const table = path.absent.length > 0;
  const after = new Map<number, string[]>([
    [root, [path.fills ? `raw = fitted.complete(${path.raw}, TRAINING_ONLY)` : `raw = ${path.raw}`]],
  ]);
  const fitted = new Set(path.stateful.flatMap(({ kind, key }) => (kind === 'fit_transform' ? [key] : [])));
  for (const name of path.kept) {
    // Kept where it is fitted: as it was constructed, it would be taken for fitted.
    if (fitted.has(name)) continue;
    const index = signatures.findLastIndex(({ segment }) => segment.outputs.includes(name));
    if (index >= 0)
      after.set(index, [
        ...(after.get(index) ?? []),
        `fitted.value(${JSON.stringify(name)}, lambda: ${name})`,
      ]);
  }
  const facts = rawFacts(context);
  const fields: Field[] = [
    {
      name: 'raw',
      value: table ? 'raw.drop(columns=[*TRAINING_ONLY])' : 'raw',
      annotation: annotationOf(facts, context.classes),
      text: `Raw rows with what a prediction needs${describeShape(facts) && !table ? `, ${describeShape(facts)}` : ''}`,
    },
    ...(keeps
      ? [
          {
            name: 'fitted',
            value: 'fitted',
            annotation: {
              text: 'FittedValues',
              imports: [{ module: 'src.data.fitted', member: 'FittedValues', name: 'FittedValues' }],
            },
            text: 'Values that training keeps for new rows',
          },
        ]
      : []),
  ];
  const columns = path.absent.map((column) => JSON.stringify(column)).join(', ');
  return {
    constants: table
      ? `# Columns of the raw table that a new row need not have.\nTRAINING_ONLY: Final = (${columns},)\n\n\n`
      : '',
    before: keeps ? ['fitted = FittedValues()'] : [],
    after,
    fields,
  };
}
