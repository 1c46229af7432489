import type { FileTree } from '../../lib/file-tree.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import { renderMlproject, renderPipelineYaml } from './mlflow-files.ts';
import { renderMakefile, renderPyproject, renderPythonEnv } from './project-files.ts';
import {
  pinsOf,
  renderConstraints,
  renderDevelopmentRequirements,
  renderRequirements,
} from './requirements.ts';

/**
 * Step 5: how the package is installed, run, tested and tracked.
 * @param versions installed versions by distribution; empty if nothing was installed: then nothing is pinned
 * @param python version of the run: `3.11.7`
 * @param lock lines `name==version` of everything that was installed, for `constraints.txt`
 */
export function writePipelineConfig(
  plan: PackagePlan,
  versions: Readonly<Record<string, string>>,
  python: string,
  lock: readonly string[] = [],
): FileTree {
  const pins = pinsOf(versions);
  return {
    MLproject: renderMlproject(plan),
    Makefile: renderMakefile(),
    'configs/mlflow_pipeline.yaml': renderPipelineYaml(plan),
    'constraints.txt': renderConstraints(lock),
    'pyproject.toml': renderPyproject(plan, python),
    'python_env.yaml': renderPythonEnv(python),
    'requirements-dev.txt': renderDevelopmentRequirements(pins),
    'requirements.txt': renderRequirements(plan, pins),
  };
}
