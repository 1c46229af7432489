import { freeNames } from '../../python/edit.ts';
import { isBuiltin, uniqueName } from '../../python/names.ts';
import type { Decision, Place } from '../2-structure/decision.ts';
import type { DecisionPlan } from '../2-structure/plan.ts';
import { annotatedKey } from './annotated-key.ts';
import { describeKey, type CodeContext } from './code-context.ts';
import { renderRange } from './nested-edits.ts';
import { configEdits, keyNames } from './rewrite.ts';

/** Names that `predict_rows` and `predict_input` have for themselves. */
const TAKEN = ['rows', 'predictions', 'probabilities', 'names', 'name', 'values', 'config', 'fitted'];

/** The lines by which the notebook decides the predictions that it scores, with configuration values as parameters. */
export function decisionPlan(context: CodeContext): DecisionPlan | undefined {
  const { decision } = context.layout;
  if (decision === null) return undefined;
  const parameters = keyParameters(decision, context);
  const named = new Map(parameters.map(({ key, name }) => [key, name]));
  const render = (place: Place): string => renderPlace(place, context, (key) => named.get(key) ?? key);
  const literals = Object.entries(decision.given).flatMap(([name, item]) =>
    item.kind === 'literal' ? [`${name} = ${item.text}`] : [],
  );
  const lines = [...literals, ...decision.lines.map(render), `return np.asarray(${render(decision.result)})`];
  return {
    input: decision.input,
    model: decision.model,
    lines,
    imports: ['import numpy as np', ...importsOf(lines.join('\n'), context)],
    where:
      decision.within === null
        ? `cell ${decision.cell}`
        : `\`\`${decision.within}\`\`, cell ${decision.cell}`,
    parameters,
    scores: decision.scores,
  };
}

function renderPlace(
  { statement: id, span }: Place,
  context: CodeContext,
  name: (key: string) => string,
): string {
  const statement = context.statement(id);
  return renderRange(statement.text, span, configEdits(statement, context, name));
}

/** A parameter of the notebook's function keeps its name; what it read as a constant gets that of the key. */
function keyParameters(decision: Decision, context: CodeContext): DecisionPlan['parameters'] {
  const text = [...decision.lines, decision.result]
    .map(({ statement, span }) => context.statement(statement).text.slice(span.start, span.end))
    .join('\n');
  const taken = new Set([...TAKEN, decision.model, decision.input, ...(text.match(/[A-Za-z_]\w*/g) ?? [])]);
  return decision.keys.map((key) => {
    const own = Object.entries(decision.given).find(
      ([name, item]) =>
        item.kind === 'key' && item.key === key && context.layout.constants[name] === undefined,
    )?.[0];
    const name = own ?? keyNames(key).find((choice) => !taken.has(choice)) ?? uniqueName('value', taken);
    taken.add(name);
    return {
      name,
      annotation: annotatedKey(key, context).annotation,
      description: describeKey(context, key),
      key,
    };
  });
}

/** Import lines of the notebook for the names that the code reads. */
function importsOf(code: string, { extraction }: CodeContext): string[] {
  const imported = extraction.statements.flatMap(({ imports }) => imports);
  return freeNames(code).flatMap((name) => {
    const found = isBuiltin(name) ? undefined : imported.findLast((item) => item.name === name);
    if (found === undefined) return [];
    const { module, member } = found;
    if (member === null) return [module === name ? `import ${name}` : `import ${module} as ${name}`];
    return [`from ${module} import ${member}${member === name ? '' : ` as ${name}`}`];
  });
}
