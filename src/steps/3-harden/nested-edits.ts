import type { Span } from '../../python/statement.ts';

/** An edit of a text that may hold further edits: it asks for the edited text of the parts that it keeps. */
export interface NestedEdit {
  span: Span;
  replace: (render: (part: Span) => string) => string;
}

/** An edit by a fixed text. */
export function fixed(span: Span, replacement: string): NestedEdit {
  return { span, replace: () => replacement };
}

/**
 * Applies edits to a range of a text; of two that overlap the outer one is applied and asks for the inner one.
 *
 * @param text - The whole text.
 * @param range - Range to render.
 * @param edits - Edits anywhere in the text.
 */
export function renderRange(text: string, range: Span, edits: readonly NestedEdit[]): string {
  const inside = edits
    .filter(({ span }) => span.start >= range.start && span.end <= range.end)
    .sort((a, b) => a.span.start - b.span.start || order(a) - order(b) || b.span.end - a.span.end);
  let output = '';
  let position = range.start;
  for (const edit of inside) {
    if (edit.span.start < position) continue;
    const others = inside.filter((other) => other !== edit);
    output += text.slice(position, edit.span.start);
    output += edit.replace((part) => renderRange(text, part, others));
    position = edit.span.end;
  }
  return output + text.slice(position, range.end);
}

/** Insertions come before what they stand in front of. */
function order({ span }: NestedEdit): number {
  return span.start === span.end ? 0 : 1;
}
