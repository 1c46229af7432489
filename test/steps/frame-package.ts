import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FileTree } from '../../src/lib/file-tree.ts';
import { formatPython } from '../../src/python/format.ts';
import type { PackagePlan } from '../../src/steps/2-structure/plan.ts';
import * as frame from '../../src/steps/3-harden/frame/index.ts';
import { writePipelineConfig } from '../../src/steps/5-pipeline-config/index.ts';
import { root } from '../run-tool.ts';

export interface FrameSettings {
  train?: frame.TrainParts;
  serving?: frame.ServingParts;
  versions?: Record<string, string>;
  python?: string;
  lock?: string[];
}

export function readPlan(name: string): PackagePlan {
  return JSON.parse(
    readFileSync(path.join(root, 'fixtures/frame', name, 'plan.json'), 'utf8'),
  ) as PackagePlan;
}

/** A fragment as a module of its own; what the notebook's part gives is only declared. */
function moduleOf(fragment: frame.Fragment, declared = ''): string {
  const imports = frame.mergeImports(['from __future__ import annotations', ...fragment.imports]);
  return formatPython(
    `"""Fragment."""\n\n${[imports, declared, fragment.code].filter((part) => part !== '').join('\n\n')}\n`,
  );
}

const RUN = (result: string): string => `
def run(config: Config) -> ${result}:
    """Stand in for the notebook's part.

    Args:
        config: Whole configuration.

    Returns:
        Nothing.
    """
    raise NotImplementedError
`;

/** The notebook's own classes in `src/models/model.py`. */
function classesOf(plan: PackagePlan): string {
  const own = plan.functions.filter(
    ({ kind, module }) => kind === 'class' && module === 'src/models/model.py',
  );
  return own.map(({ name }) => `\nclass ${name}:\n    """Stand in for the notebook's class."""\n`).join('\n');
}

/** Every file that the frame and step 5 write for a plan; `src` holds what the notebook's part would use. */
export function framePackage(plan: PackagePlan, settings: FrameSettings = {}): FileTree {
  const serving = frame.renderServing(plan, settings.serving ?? {});
  const calls = Object.values(settings.train?.writes ?? {});
  const written = calls.map((call) => `${call.replace(/\(.*/, '')} = Any\n`).join('');
  const evaluates = plan.entryPoints.some(({ name }) => name === 'evaluate');
  return {
    'src/config.py': frame.renderConfig(plan),
    'configs/default.yaml': frame.renderDefaultYaml(plan),
    'src/errors.py': frame.renderErrors(plan),
    'src/runtime.py': frame.renderRuntime(plan),
    'src/tracking.py': frame.renderTracking(plan, plan.target?.framework === 'torch'),
    ...frame.renderInits(plan),
    ...(frame.keepsFittedValues(plan) ? { 'src/data/fitted.py': frame.renderFittedValues() } : {}),
    'src/models/model.py': moduleOf(frame.renderSaveAndLoad(plan), classesOf(plan)),
    ...(serving === null ? {} : { 'src/models/serving.py': serving }),
    'src/evaluation/evaluate.py': moduleOf(
      frame.renderEvaluateFrame(plan),
      evaluates ? RUN('dict[str, float]') : '',
    ),
    'src/training/train.py': moduleOf(
      {
        ...frame.renderTrainFrame(plan, settings.train ?? {}),
        imports: [
          ...frame.renderTrainFrame(plan, settings.train ?? {}).imports,
          'from typing import Any',
          'import structlog',
        ],
      },
      `logger = structlog.get_logger(__name__)\nTrainingResult = Any\n${written}${RUN('TrainingResult')}`,
    ),
    ...writePipelineConfig(plan, settings.versions ?? {}, settings.python ?? '', settings.lock ?? []),
  };
}
