import { literalAnnotation, type Annotation } from './annotations.ts';
import type { CodeContext } from './code-context.ts';

/** Annotation of a configuration value where a function takes it as a parameter. */
export function annotatedKey(
  key: string,
  context: CodeContext,
): { annotation: string; imports: Annotation['imports'] } {
  const literal = context.hyperparameter(key)?.literal;
  const annotation =
    key === 'seed' ? 'int' : literal && key !== 'paths.root' ? literalAnnotation(literal) : 'str';
  const any = /\bAny\b/.test(annotation) ? [{ module: 'typing', member: 'Any', name: 'Any' }] : [];
  return { annotation, imports: any };
}
