/** Classes of the notebook's values by its code alone, for what no run has shown. */

import { estimatorFacts } from '../../knowledge/lookup.ts';
import type { ValueFacts, ValueKind } from '../../notebook/observation.ts';
import { readAssignedExpression } from '../../python/expression.ts';
import type { Statement } from '../../python/statement.ts';
import { inferType, type InferredType, type TypeScope } from './expression-types.ts';
import type { NotebookFlow } from './flow.ts';

/** Facts of the names that a statement binds, by statement. Of a statement that ran the run says more: it is left out. */
export function inferTypes({ flows, resolver }: NotebookFlow): Record<string, ValueFacts>[] {
  const types = new Map<string, string>();
  const classes = new Set(
    flows.flatMap(({ statement: { kind, defines } }) => (kind === 'class' ? defines : [])),
  );
  // A function may bind them anew at any time; `set_output` changes what transformers give.
  const unsure = new Set(flows.flatMap(({ statement }) => statement.globals));
  const outputs = flows.some(({ statement }) => /\bset_(output|config)\s*\(/.test(statement.text));
  return flows.map(({ statement, record }) => {
    const found = new Map<string, string>();
    const scope: TypeScope = {
      typeOf: (name) => types.get(name),
      callAt: ({ start, end }) =>
        statement.calls.find(({ span }) => span.start === start && span.end === end),
      isClass: (name) => classes.has(name),
    };
    for (const [name, type] of outputs ? [] : assigned(statement, scope)) found.set(name, type);
    for (const name of statement.defines) {
      const seen = record?.outcome === 'ran' ? record.values[name]?.type : undefined;
      const type = unsure.has(name) ? undefined : (seen ?? found.get(name));
      if (type === undefined) types.delete(name);
      else types.set(name, type);
    }
    for (const { name, context } of statement.occurrences) if (context === 'delete') types.delete(name);
    if (record?.outcome === 'ran') return {};
    return Object.fromEntries(
      statement.defines.flatMap((name) => {
        const type = types.get(name);
        return type === undefined ? [] : [[name, { type, kind: kindOf(type, resolver) }]];
      }),
    );
  });
}

function assigned(statement: Statement, scope: TypeScope): [string, string][] {
  if (statement.kind !== 'assignment') return [];
  const read = readAssignedExpression(statement.text);
  if (read === null) return [];
  const type = inferType(read.value, scope);
  return read.targets.flatMap((target): [string, string][] => {
    if (typeof target === 'string') return typeof type === 'string' ? [[target, type]] : [];
    return target.flatMap((name, at): [string, string][] => {
      const item = itemOf(type, at, target.length);
      return item === undefined ? [] : [[name, item]];
    });
  });
}

function itemOf(type: InferredType, at: number, length: number): string | undefined {
  return Array.isArray(type) && type.length === length ? (type[at] as string | undefined) : undefined;
}

const KINDS: Readonly<Record<string, ValueKind>> = {
  'pandas.DataFrame': 'dataframe',
  'pandas.Series': 'series',
  'pandas.Index': 'index',
  'numpy.ndarray': 'ndarray',
  'torch.Tensor': 'tensor',
  bool: 'bool',
  int: 'int',
  float: 'float',
  str: 'string',
  list: 'list',
  set: 'set',
  dict: 'dict',
};

function kindOf(type: string, resolver: NotebookFlow['resolver']): ValueKind {
  const known = KINDS[type];
  if (known !== undefined) return known;
  // A network is one whatever the name of its class says.
  const library = resolver.libraryType(type.replace(/^__main__\./, 'notebook.'));
  if (/^torch\.nn\.(\w+\.)*[A-Z]\w*$/.test(library ?? '')) return 'torch_module';
  return estimatorFacts(type) === undefined ? 'other' : 'estimator';
}
