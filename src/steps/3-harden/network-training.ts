import type { NetworkTraining } from '../2-structure/plan.ts';
import type { CodeContext } from './code-context.ts';

const CALLS = {
  clear: /\.zero_grad\(/g,
  backward: /\.backward\(/g,
  step: /\b\w*(optim|opt)\w*\.step\(/gi,
};

/**
 * How a network is trained step by step, as far as the text says it for sure: one place that clears the gradients, computes and applies
 * them, all three unconditionally; the modes that are switched.
 */
export function networkTraining({ extraction, layout }: CodeContext): NetworkTraining | null {
  if (extraction.target?.framework !== 'torch') return null;
  const placed = new Set([
    ...layout.segments.flatMap(({ statements }) => statements),
    ...layout.callables.map(({ statement }) => statement),
  ]);
  const texts = extraction.statements.filter(({ id }) => placed.has(id)).map(({ text }) => text);
  const whole = texts.join('\n');
  const loop = texts.find((text) => text.search(CALLS.backward) >= 0) ?? '';
  const lines = Object.values(CALLS).map((pattern) => linesWith(loop, pattern));
  const indents = new Set(lines.flat().map((line) => /^\s*/.exec(line)?.[0]));
  const once = Object.values(CALLS).every((pattern) => whole.match(pattern)?.length === 1);
  return {
    steps: once && lines.every(({ length }) => length === 1) && indents.size === 1,
    trainMode: /\.train\(\)/.test(loop),
    evalMode: evaluationTexts({ extraction, layout }).some(
      (text) => /\.eval\(\)/.test(text) && !/\.train\(/.test(text),
    ),
  };
}

function linesWith(text: string, pattern: RegExp): string[] {
  return text.split('\n').filter((line) => line.search(pattern) >= 0);
}

/** Text of the statements that score, with that of the notebook functions that they call. */
function evaluationTexts({ extraction, layout }: Pick<CodeContext, 'extraction' | 'layout'>): string[] {
  const own = new Set(
    layout.segments.slice(layout.evaluation, layout.refit).flatMap(({ statements }) => statements),
  );
  const statements = extraction.statements.filter(({ id }) => own.has(id));
  const called = new Set(statements.flatMap(({ calls }) => calls.map(({ callee }) => callee)));
  const functions = layout.callables.filter(({ name, kind }) => kind === 'function' && called.has(name));
  const ids = new Set(functions.map(({ statement }) => statement));
  return [...statements, ...extraction.statements.filter(({ id }) => ids.has(id))].map(({ text }) => text);
}
