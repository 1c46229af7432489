import { functionSignature, type Parameter, type Signature } from '../../python/edit.ts';
import { commentsWithoutCode } from '../../python/comments.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';
import type { Callable } from '../2-structure/layout.ts';
import type { Annotation } from './annotations.ts';
import { classEdits } from './class-code.ts';
import type { CodeContext } from './code-context.ts';
import {
  addParameters,
  annotate,
  docstringEdit,
  newParameters,
  renamedValues,
  stripDefaults,
} from './definition-edits.ts';
import { fixed, type NestedEdit } from './nested-edits.ts';
import { hiddenParameters, rewriteStatement, type Scope } from './rewrite.ts';
import type { FunctionCode } from './segment-code.ts';
import { callTypes, type CallTypes } from './call-types.ts';

const ANY: Annotation = { text: 'Any', imports: [{ module: 'typing', member: 'Any', name: 'Any' }] };

/**
 * Writes a function or class of the notebook as it stands in the package: name, body and order stay; annotations,
 * a docstring, parameters for what it read from the global namespace, and log lines for prints are new (R4, R5).
 *
 * @param callable - The function or class.
 * @param context - Everything known.
 */
export function callableCode(callable: Callable, context: CodeContext): FunctionCode {
  const statement = context.statement(callable.statement);
  const signature = functionSignature(statement.text);
  const scope = callableScope(callable);
  if (!signature) return { text: rewriteStatement(statement, context, scope), imports: [] };
  const types = callTypes(callable.name, context);
  const { edits, imports } =
    signature.kind === 'class'
      ? classEdits({ signature, callable, statement, types, context })
      : functionEdits(signature, callable, statement, types);
  const rename = callable.newName === callable.name ? [] : [fixed(signature.nameSpan, callable.newName)];
  const text = rewriteStatement(statement, context, scope, [...rename, ...edits]);
  const comments = commentsWithoutCode(statement.comments).map((line) => `${line}\n`);
  return { text: `${comments.join('')}${text}\n`, imports };
}

/** Inside the function its new parameters stand for what it read before. */
function callableScope(callable: Callable): Scope {
  const parameters = hiddenParameters(callable);
  const find = (id: string): string => parameters.find(({ from }) => from.id === id)?.name ?? id;
  return {
    key: find,
    value: find,
    event: callable.name,
    path: (key) => `require_file(${find(key)}, ${find('paths.root')})`,
  };
}

function functionEdits(
  signature: Signature,
  callable: Callable,
  statement: AnalysedStatement,
  types: CallTypes,
): { edits: NestedEdit[]; imports: Annotation['imports'] } {
  const imports: Annotation['imports'] = [];
  const own = signature.parameters.map((parameter, index) => {
    const annotation = types.parameter(parameter.name, index);
    imports.push(...annotation.imports);
    return { parameter, annotation };
  });
  const hidden = newParameters(callable, types);
  hidden.forEach(({ annotation }) => imports.push(...annotation.imports));
  const returns = signature.generator
    ? ANY
    : signature.returns.length === 0
      ? { text: 'None', imports: [] }
      : types.result;
  imports.push(...returns.imports);
  const edits = [
    ...own.flatMap(({ parameter, annotation }) => annotate(parameter, annotation)),
    ...addParameters(signature, hidden),
    ...stripDefaults(signature, callable),
    ...(signature.returnAnnotation
      ? []
      : [fixed({ start: signature.colon.start, end: signature.colon.start }, ` -> ${returns.text}`)]),
    ...renamedValues(callable, statement),
    ...docstringEdit(signature, statement.text, {
      summary: `Notebook function \`\`${callable.name}\`\` (cell ${statement.cell})`,
      args: [
        ...own.map(({ parameter }) => ({ name: starred(parameter), text: types.describe(parameter.name) })),
        ...hidden.map(({ name, text }) => ({ name, text })),
      ],
      ...(signature.returns.length > 0 ? { returns: returnsText(signature) } : {}),
    }),
  ];
  return { edits, imports };
}

function starred(parameter: Parameter): string {
  return parameter.kind === 'var_positional'
    ? `*${parameter.name}`
    : parameter.kind === 'var_keyword'
      ? `**${parameter.name}`
      : parameter.name;
}

function returnsText(signature: Signature): string {
  const last = signature.returns.at(-1)?.text.replace(/\s+/g, ' ') ?? '';
  return last.length > 0 && last.length <= 60 && !last.includes('`')
    ? `\`\`${last}\`\``
    : 'What the notebook returned';
}
