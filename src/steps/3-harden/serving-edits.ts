import type { AnalysedStatement } from '../1-extract/extraction.ts';
import type { StatefulEdit } from '../2-structure/stateful-forms.ts';
import type { CodeContext } from './code-context.ts';
import type { NestedEdit } from './nested-edits.ts';

/**
 * Edits that let one statement serve training and new rows: what it takes from all rows is computed and kept at the
 * first call, and reused at later ones. In training the expression is the notebook's own.
 */
export function statefulEdits(statement: AnalysedStatement, context: CodeContext): NestedEdit[] {
  const { serving } = context.layout;
  if (serving.kind !== 'raw_rows') return [];
  return serving.path.stateful.filter((edit) => edit.statement === statement.id).map(nestedEdit);
}

function nestedEdit(edit: StatefulEdit): NestedEdit {
  const key =
    edit.loop === null ? JSON.stringify(edit.key) : `f${JSON.stringify(`${edit.key}.{${edit.loop}}`)}`;
  return {
    span: edit.span,
    replace: (render) => {
      const subject = render(edit.subject);
      const passed = edit.arguments === null ? '' : render(edit.arguments);
      switch (edit.kind) {
        case 'dummies':
          return `fitted.categories(${key}, ${subject})`;
        case 'fit_transform':
          return `fitted.fit_transform(${key}, ${subject}, ${passed})`;
        case 'reduction':
          return passed === ''
            ? `fitted.value(${key}, ${subject}.${edit.method})`
            : `fitted.value(${key}, functools.partial(${subject}.${edit.method}, ${passed}))`;
      }
    },
  };
}
