import type { Call } from '../../python/statement.ts';

/** Functions and methods that give each row its own result, whatever other rows there are. */
const ELEMENTWISE =
  /^(numpy\.(where|round|around|rint|floor|ceil|sign|exp|expm1|exp2|log|log1p|log2|log10|sqrt|square|power|abs|absolute|clip|maximum|minimum|asarray|array|ravel|squeeze|select|greater|greater_equal|less|less_equal|isclose)|pandas\.(Series|to_numeric)|scipy\.special\.(expit|inv_boxcox|inv_boxcox1p)|int|float|bool|str|round|abs|list)$/;
const METHODS =
  /^(astype|round|clip|abs|to_numpy|tolist|copy|apply|map|ravel|flatten|squeeze|reshape|replace|ge|gt|le|lt|eq)$/;
/** These take one row together where their axis says so. */
const OVER_AXIS = /^(argmax|argmin)$/;

/** Whether the call gives for a row alone what it gives for the row among others. */
export function isRowWise(call: Call, text: string): boolean {
  if (OVER_AXIS.test(call.method)) {
    const axis = call.arguments.find(({ keyword }) => keyword === 'axis') ?? call.arguments.at(-1);
    return /^(1|-1)$/.test(axis?.text ?? '');
  }
  if (ELEMENTWISE.test(call.qualified)) return true;
  // `.reshape(-1, 1)` and the like: one row alone has other sizes, but none of them is written.
  if (call.method === 'reshape')
    return call.arguments.length > 0 && /^-1(,1)?$/.test(argumentsText(call, text));
  return /[.\])]$/.test(call.callee.slice(0, -call.method.length)) && METHODS.test(call.method);
}

function argumentsText({ span, callee }: Call, text: string): string {
  const whole = text.slice(span.start, span.end).replace(/\s+/g, '');
  return whole
    .slice(callee.length)
    .replace(/^\(|\)$/g, '')
    .replace(/,$/, '');
}
