import { count } from '../../lib/text.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import type { Literal } from '../../python/statement.ts';

/** A type as text, with the imports that its names need. */
export interface Annotation {
  text: string;
  /** `from module import member as name`, or `import module as name` where member is null. */
  imports: { module: string; member: string | null; name: string }[];
}

const PANDAS = { module: 'pandas', member: null, name: 'pd' };
const NUMPY = { module: 'numpy', member: null, name: 'np' };
const TYPING = { module: 'numpy.typing', member: null, name: 'npt' };
const ANY: Annotation = { text: 'Any', imports: [{ module: 'typing', member: 'Any', name: 'Any' }] };

const SIMPLE: Partial<Record<ValueFacts['kind'], Annotation>> = {
  none: { text: 'None', imports: [] },
  bool: { text: 'bool', imports: [] },
  int: { text: 'int', imports: [] },
  float: { text: 'float', imports: [] },
  string: { text: 'str', imports: [] },
  dataframe: { text: 'pd.DataFrame', imports: [PANDAS] },
  series: { text: 'pd.Series', imports: [PANDAS] },
  index: { text: 'pd.Index', imports: [PANDAS] },
  tensor: { text: 'torch.Tensor', imports: [{ module: 'torch', member: null, name: 'torch' }] },
};

/**
 * Gives the annotation of an observed value: its public class where the run showed one, else an honest `Any`.
 *
 * @param facts - What the run showed; undefined where it showed nothing.
 * @param classes - Classes of the notebook by name, which the package defines itself.
 */
export function annotationOf(facts: ValueFacts | undefined, classes: ReadonlySet<string>): Annotation {
  if (!facts) return ANY;
  const simple = SIMPLE[facts.kind];
  if (simple)
    return facts.kind === 'float' && facts.type !== 'float' ? { text: 'float', imports: [] } : simple;
  if (facts.kind === 'ndarray') return arrayAnnotation(facts.dtype);
  if (facts.kind === 'list' || facts.kind === 'set') return containerAnnotation(facts, classes);
  if (facts.kind === 'tuple') return containerAnnotation(facts, classes);
  if (facts.kind === 'dict') return dictAnnotation(facts, classes);
  if (['estimator', 'torch_module', 'other', 'sparse'].includes(facts.kind))
    return classAnnotation(facts.type, classes);
  return ANY;
}

function arrayAnnotation(dtype: string | undefined): Annotation {
  if (dtype === undefined || !/^(float|int|uint|complex)\d+$|^bool$/.test(dtype)) {
    return { text: 'npt.NDArray[Any]', imports: [TYPING, ...ANY.imports] };
  }
  return { text: `npt.NDArray[np.${dtype === 'bool' ? 'bool_' : dtype}]`, imports: [TYPING, NUMPY] };
}

function itemAnnotation(facts: ValueFacts, classes: ReadonlySet<string>): Annotation {
  const items = (facts.items ?? []).map((item) => annotationOf(item, classes));
  const texts = [...new Set(items.map((item) => item.text))].sort();
  if (texts.length === 0 || texts.length > 3 || texts.includes('Any')) return ANY;
  return { text: texts.join(' | '), imports: items.flatMap((item) => item.imports) };
}

function containerAnnotation(facts: ValueFacts, classes: ReadonlySet<string>): Annotation {
  const item = itemAnnotation(facts, classes);
  const suffix = facts.kind === 'tuple' ? ', ...' : '';
  return { text: `${facts.kind}[${item.text}${suffix}]`, imports: item.imports };
}

function dictAnnotation(facts: ValueFacts, classes: ReadonlySet<string>): Annotation {
  if (facts.type !== 'dict') return ANY;
  const item = itemAnnotation(facts, classes);
  const key = facts.keys && facts.keys.length > 0 && facts.keys.every(isText) ? 'str' : 'Any';
  return {
    text: `dict[${key}, ${item.text}]`,
    imports: [...item.imports, ...(key === 'Any' ? ANY.imports : [])],
  };
}

/** Whether a key of a dictionary is text: another key is given by its `repr`, which is no plain word but for these. */
function isText(key: string): boolean {
  return /^[A-Za-z_][\w -]*$/.test(key) && !['True', 'False', 'None', 'nan', 'inf'].includes(key);
}

function classAnnotation(type: string, classes: ReadonlySet<string>): Annotation {
  const parts = type.split('.');
  const name = parts.at(-1) ?? '';
  const module = parts.slice(0, -1).join('.');
  if (!/^[A-Za-z_]\w*$/.test(name)) return ANY;
  if (module === '__main__') return classes.has(name) ? { text: name, imports: [] } : ANY;
  // `torch.device` and its likes would be hidden by the variables that are usually called so.
  if (module === 'torch')
    return { text: `torch.${name}`, imports: [{ module: 'torch', member: null, name: 'torch' }] };
  if (module === '' || /(^|\.)_/.test(module) || module === 'builtins') return ANY;
  return { text: name, imports: [{ module, member: name, name }] };
}

/**
 * Gives the annotation of a configuration value; YAML holds no tuples, so they become lists.
 *
 * @param literal - The value in the notebook.
 */
export function literalAnnotation(literal: Literal): string {
  switch (literal.kind) {
    case 'none':
      return 'Any';
    case 'bool':
    case 'int':
    case 'float':
      return literal.kind;
    case 'string':
      return 'str';
    case 'list':
    case 'tuple':
    case 'set': {
      const items = [
        ...new Set(literal.items.map((item) => (item.kind === 'none' ? 'None' : literalAnnotation(item)))),
      ];
      const ordered = items.filter((item) => item !== 'None').sort();
      if (items.includes('None')) ordered.push('None');
      const nested = ordered.filter((item) => item.includes('[')).length;
      return ordered.length === 0 || ordered.includes('Any') || (nested > 0 && ordered.length > 1)
        ? 'list[Any]'
        : `list[${ordered.join(' | ')}]`;
    }
    case 'dict':
      return 'dict[str, Any]';
  }
}

/**
 * Describes an observed value for a docstring: class or element type and shape.
 *
 * @param facts - What the run showed.
 */
export function describeShape(facts: ValueFacts | undefined): string {
  if (!facts) return '';
  const shape = facts.shape;
  const text = shape ? `shape (${shape.join(', ')}${shape.length === 1 ? ',' : ''})` : '';
  if (facts.kind === 'ndarray' || facts.kind === 'tensor' || facts.kind === 'series') {
    return [facts.dtype, text].filter(Boolean).join(', ');
  }
  if (facts.kind === 'dataframe') return text;
  if (facts.length !== undefined && /^(list|dict|set)$/.test(facts.kind))
    return count(facts.length, 'entry', 'entries');
  return '';
}
