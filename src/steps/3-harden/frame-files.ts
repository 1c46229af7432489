import type { FileTree } from '../../lib/file-tree.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import type { CodeContext } from './code-context.ts';
import {
  keepsFittedValues,
  renderConfig,
  renderDefaultYaml,
  renderErrors,
  renderEvaluateFrame,
  renderFittedValues,
  renderInits,
  renderRuntime,
  renderSaveAndLoad,
  renderServing,
  renderTracking,
  renderTrainFrame,
  type Fragment,
} from './frame/index.ts';
import { logsTurns } from './epoch-metrics.ts';
import type { ImportLine } from './module-text.ts';
import { untrainedNetworks } from './networks.ts';
import { predictRowsCode } from './serving-code.ts';
import { outputCall } from './output-code.ts';
import type { FunctionCode, SegmentSignature } from './segment-code.ts';

/** Fragments of the frame that stand in the notebook's modules. */
export interface FrameFragments {
  saveAndLoad: FunctionCode;
  evaluation: FunctionCode;
  training: FunctionCode;
}

/** Writes the fragments of the frame. */
export function frameFragments(
  plan: PackagePlan,
  outputs: SegmentSignature[],
  context: CodeContext,
): FrameFragments {
  const writes = Object.fromEntries(
    outputs.flatMap((signature) => {
      const key = signature.segment.keys.find((item) =>
        plan.artifacts.some((artifact) => artifact.key === item),
      );
      return key === undefined ? [] : [[key, outputCall(signature, context)]];
    }),
  );
  return {
    saveAndLoad: piece(renderSaveAndLoad(plan)),
    evaluation: piece(renderEvaluateFrame(plan)),
    training: piece(renderTrainFrame(plan, { writes })),
  };
}

/** Writes the files that are the same in every package but for names and values. */
export function frameFiles(
  plan: PackagePlan,
  signatures: SegmentSignature[],
  context: CodeContext,
): FileTree {
  const predictRows = predictRowsCode(plan, signatures, context);
  const serving = renderServing(plan, {
    untrained: untrainedNetworks(plan, signatures, context),
    ...(predictRows === undefined ? {} : { predictRows }),
  });
  return {
    'src/config.py': renderConfig(plan),
    'src/errors.py': renderErrors(plan),
    'src/runtime.py': renderRuntime(plan),
    'src/tracking.py': renderTracking(plan, logsTurns(context)),
    'configs/default.yaml': renderDefaultYaml(plan),
    ...(keepsFittedValues(plan) ? { 'src/data/fitted.py': renderFittedValues() } : {}),
    ...(serving === null ? {} : { 'src/models/serving.py': serving }),
    ...renderInits(plan),
  };
}

function piece(fragment: Fragment): FunctionCode {
  return { text: fragment.code, imports: fragment.imports.flatMap(parseImport) };
}

/** Reads `import a.b as c` and `from a import b as c, d`. */
export function parseImport(line: string): ImportLine[] {
  const from = /^from (\S+) import (.+)$/.exec(line);
  if (from) {
    return (from[2] ?? '').split(',').map((item) => {
      const [member = '', name = member] = item.trim().split(/\s+as\s+/);
      return { module: from[1] ?? '', member, name };
    });
  }
  const plain = /^import (\S+)(?: as (\S+))?$/.exec(line);
  if (!plain) return [];
  const module = plain[1] ?? '';
  return [{ module, member: null, name: plain[2] ?? module.split('.')[0] ?? module }];
}
