/** What the notebook computes only because of how it was run. */

import { usualImport } from '../../../knowledge/usual-imports.ts';
import type { Finding } from '../extraction.ts';
import type { Flow } from '../flow.ts';
import { drawsInFit, drawsInVain } from '../randomness.ts';
import { isValueName } from '../effects.ts';
import { at, isVariable, list, type FindingContext, type Rule } from './context.ts';

/** Cells were run in another order than they stand in. */
export const outOfOrder: Rule = ({ notebook }) => {
  const counts = notebook.cells
    .filter(({ kind }) => kind === 'code')
    .map(({ executionCount, index }) => ({ executionCount, index }));
  const known = counts.filter(
    (each): each is { executionCount: number; index: number } => each.executionCount !== null,
  );
  const first = known.find(
    (each, at_) => at_ > 0 && each.executionCount < (known[at_ - 1]?.executionCount ?? 0),
  );
  if (first === undefined) return [];
  return [
    {
      code: 'out_of_order',
      severity: 'low',
      cell: first.index,
      line: 1,
      kept: false,
      statement: null,
      message: 'execution counts are not increasing: cells were run in another order than they stand in',
      advice: 'The package follows the order of the document.',
    },
  ];
};

/** Names that nothing in the notebook has bound when they are read. */
export const hiddenState: Rule = (context) => {
  const { flow, notebook, extraction } = context;
  const outside = notebook.cells.flatMap(({ magics, source, code, kind }) => [
    ...magics.map(({ text }) => text),
    ...(kind === 'code' && code.trim() === '' ? [source] : []),
  ]);
  const broken = new Set(
    extraction.diagnostics.filter(({ code }) => code === 'not_python').map(({ cell }) => cell),
  );
  const unknown = notebook.cells.filter(({ index }) => broken.has(index)).map(({ source }) => source);
  const text = [...outside, ...unknown].join('\n');
  if (/\bpylab\b/.test(text)) return [];
  const found: Finding[] = [];
  const said = new Set<string>();
  for (const each of flow.flows) {
    for (const name of each.missing) {
      if (each.statement.defines.includes(name)) continue; // bound in one branch, read in another
      if (said.has(name) || each.record?.outcome === 'ran' || each.reads.has('*')) continue;
      if (new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\b`).test(text)) continue;
      said.add(name);
      const later = flow.flows.find(
        ({ statement }) => statement.id > each.statement.id && statement.defines.includes(name),
      );
      const kept = extraction.statements[each.statement.id]?.kept === true;
      found.push(
        at(each, context, {
          code: later === undefined ? 'undefined_name' : 'defined_later',
          severity: kept ? 'high' : 'medium',
          message:
            later === undefined
              ? `\`${name}\` is read, but no cell defines it: the cell that did is gone`
              : `\`${name}\` is read here and defined only in cell ${later.statement.cell}`,
          advice: kept
            ? `The package cannot compute this. ${putBack(name)}`
            : 'The cell is not part of the package.',
        }),
      );
    }
  }
  return found;
};

function putBack(name: string): string {
  const usual = usualImport(name);
  return usual === undefined
    ? 'Put the definition back, in front of this cell.'
    : `Write \`${usual}\` into the first cell.`;
}

/** `df = df.drop(…)`: running the cell twice fails or changes the result. */
export const notIdempotent: Rule = (context) => {
  const { flow, extraction } = context;
  const byCell = new Map<number, { flow: Flow; names: Set<string> }>();
  // Names that their cell made anew before.
  let cell = -1;
  let made = new Set<string>();
  for (const [index, each] of flow.flows.entries()) {
    const before = flow.flows[index - 1]?.statement;
    if (each.statement.cell !== cell) made = new Set();
    else for (const name of before?.defines ?? []) if (!before?.uses.includes(name)) made.add(name);
    cell = each.statement.cell;
    const { statement, reads } = each;
    if (
      extraction.statements[statement.id]?.kept !== true ||
      !/^(assignment|augmented)$/.test(statement.kind)
    )
      continue;
    for (const name of statement.defines) {
      const from = reads.get(name) ?? [];
      if (
        !statement.uses.includes(name) ||
        from.length === 0 ||
        made.has(name) ||
        /^(function|class|import)$/.test(statement.kind)
      )
        continue;
      const entry = byCell.get(statement.cell) ?? { flow: each, names: new Set<string>() };
      entry.names.add(name);
      byCell.set(statement.cell, entry);
    }
  }
  return [...byCell.values()].map(({ flow: each, names }) =>
    at(each, context, {
      code: 'not_idempotent',
      severity: 'low',
      message: `the cell makes ${list([...names])} from ${names.size > 1 ? 'themselves' : 'itself'}: running it twice fails or changes the result`,
      advice: 'The package has pure functions instead.',
    }),
  );
};

/** Functions whose result depends on variables of the notebook. */
export const functionsReadGlobals: Rule = (context) => {
  const { flow, extraction } = context;
  return flow.flows.flatMap((each) => {
    const { statement } = each;
    if (statement.kind !== 'function' || extraction.statements[statement.id]?.kept !== true) return [];
    const user = flow.flows.find(
      ({ statement: other, reads }) =>
        other.id > statement.id &&
        reads.get(statement.defines[0] ?? '')?.includes(statement.id) &&
        extraction.statements[other.id]?.kept,
    );
    const globals =
      user === undefined ? [] : statement.deferred.filter((name) => isVariable(name, user, context));
    if (globals.length === 0) return [];
    return [
      at(each, context, {
        code: 'function_reads_globals',
        severity: 'low',
        message: `the function \`${statement.defines[0] ?? ''}\` reads ${list(globals)} of the notebook`,
        advice: `${globals.length === 1 ? 'It is a parameter' : 'They are parameters'} in the package.`,
      }),
    ];
  });
};

/** Randomness that nobody seeds. */
export const unseeded: Rule = (context) => {
  const { flow, extraction } = context;
  const found: Finding[] = [];
  const seeded = new Set(
    flow.flows.flatMap(({ calls }) =>
      calls
        .filter(({ facts, summary }) => facts?.role === 'seed' || summary?.roles.has('seed'))
        .flatMap(({ call, summary }) => seeds(call.qualified, summary?.roles)),
    ),
  );
  const kept = flow.flows.filter(
    (each) => extraction.statements[each.statement.id]?.kept === true && !drawsInVain(each, flow.memory),
  );
  const missing = (['torch', 'numpy', 'random'] as const).filter(
    (generator) => !seeded.has(generator) && kept.some(({ random }) => random.includes(generator)),
  );
  const first = kept.find(({ random }) => random.some((generator) => missing.includes(generator)));
  if (first !== undefined) {
    const names = { torch: 'torch', numpy: "NumPy's global generator", random: 'the module random' };
    const cells = [
      ...new Set(
        kept
          .filter(({ random }) => random.some((generator) => missing.includes(generator)))
          .map(({ statement }) => statement.cell),
      ),
    ];
    found.push(
      at(first, context, {
        code: 'no_seed',
        severity: 'high',
        message: `${missing.map((generator) => names[generator]).join(' and ')} ${missing.length > 1 ? 'are' : 'is'} never seeded, but ${cells.length > 1 ? 'cells' : 'cell'} ${cells.join(', ')} ${cells.length > 1 ? 'draw' : 'draws'} from ${missing.length > 1 ? 'them' : 'it'}: every run gives other numbers`,
        advice: `Mended: the package sets all seeds to ${extraction.seed.value} at the start of each stage.`,
      }),
    );
  }
  const fit = flow.flows[extraction.target?.fits[0] ?? -1];
  const isKeras = extraction.target?.framework === 'keras';
  const seedsKeras = flow.flows.some(({ statement }) =>
    statement.calls.some(({ qualified }) =>
      /^(tensorflow|keras)\..*(set_seed|set_random_seed)$/.test(qualified),
    ),
  );
  if (isKeras && !seedsKeras && fit !== undefined) {
    found.push(
      at(fit, context, {
        code: 'no_seed',
        severity: 'high',
        message: 'the generator of Keras is never seeded: weights and batches differ from run to run',
        advice: `Call keras.utils.set_random_seed(${extraction.seed.value}) in front of the model.`,
      }),
    );
  }
  const dropped = flow.flows.filter(
    (each) => extraction.statements[each.statement.id]?.kept !== true && drawsWithoutSeed(each, context),
  );
  const [one] = dropped;
  if (one !== undefined && !seeded.has('numpy')) {
    const cells = [...new Set(dropped.map(({ statement }) => statement.cell))];
    found.push(
      at(one, context, {
        code: 'unseeded_dropped',
        severity: 'low',
        message: `random draws without a seed in dropped cells (${cells.slice(0, 8).join(', ')}): they print other values at every run`,
        advice: 'The cells are not part of the package.',
      }),
    );
  }
  return found;
};

function seeds(qualified: string, roles: ReadonlySet<string> | undefined): string[] {
  if (roles !== undefined)
    return [...roles].filter((role) => role.startsWith('draws:')).map((role) => role.slice('draws:'.length));
  if (/set_random_seed|set_seed|tensorflow/.test(qualified)) return ['numpy', 'random'];
  return [qualified.startsWith('torch') ? 'torch' : qualified.startsWith('numpy') ? 'numpy' : 'random'];
}

function drawsWithoutSeed({ calls, random }: Flow, { flow }: FindingContext): boolean {
  if (random.includes('numpy') && calls.some(({ facts }) => facts?.role === 'split')) return true;
  return calls.some(
    ({ receiver, facts }) =>
      facts?.role === 'train' &&
      [...receiver].some((id) => drawsInFit(flow.memory.thing(id).type, flow.memory.thing(id).call?.call)),
  );
}

/** What a prediction needs and the notebook does not save. */
export const notSaved: Rule = (context) => {
  const { flow, extraction } = context;
  const { target, outputs } = extraction;
  const models = outputs.filter(({ kind }) => kind === 'model');
  const fit = flow.flows[target?.fits.at(-1) ?? -1];
  if (target === null || fit === undefined) return [];
  const [save] = models;
  if (save === undefined) {
    return [
      at(fit, context, {
        code: 'model_not_saved',
        severity: 'low',
        message: `\`${target.name}\` is not saved by the notebook`,
        advice: 'The package saves it.',
      }),
    ];
  }
  const saved = new Set(outputs.map(({ object }) => object));
  const fitted = flow.flows.flatMap((each) => {
    const isKept = extraction.statements[each.statement.id]?.kept === true;
    return isKept
      ? each.calls
          .filter(({ call }) => call.method === 'fit_transform' || call.method === 'fit')
          .flatMap(({ call, facts }) =>
            facts?.role === 'transform' && call.root !== null && isValueName(call.root) ? [call.root] : [],
          )
      : [];
  });
  const lost = [...new Set(fitted)].filter((name) => !saved.has(name) && name !== target.name);
  const each = flow.flows[save.statement];
  if (lost.length === 0 || each === undefined) return [];
  return [
    at(each, context, {
      code: 'preprocessing_not_saved',
      severity: 'medium',
      message: `${list(lost)} ${lost.length > 1 ? 'are' : 'is'} needed for a prediction and not saved with the model`,
      advice: 'The package saves what was fitted beside the model, and the MLflow model holds it.',
    }),
  ];
};
