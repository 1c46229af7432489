import type { PackagePlan } from '../../2-structure/plan.ts';
import { definitions, type Fragment } from './fragment.ts';

const WRITE_METRICS = `def write_metrics(metrics: dict[str, float], path: str) -> Path:
    """Write metrics as JSON with sorted keys.

    Args:
        metrics: Metrics by name.
        path: Destination, relative to the project root or absolute.

    Returns:
        The file written.
    """
    metrics_path = resolve_path(path)
    metrics_path.parent.mkdir(parents=True, exist_ok=True)
    metrics_path.write_text(json.dumps(metrics, indent=2, sort_keys=True) + "\\n", encoding="utf-8")
    return metrics_path`;

const REFUSE_OTHER_SPLIT = `def refuse_other_split(config: Config) -> None:
    """Refuse to score rows the saved model may have been trained on.

    Args:
        config: Whole configuration.

    Raises:
        ConfigError: If a value that shapes the data differs from that of the training run.
    """
    trained_path = resolve_path(config.artifacts.config_path)
    if not trained_path.is_file():
        raise ConfigError(f"no file {trained_path}; run \`python -m src.training.train\` first")
    trained = flatten(load_config(trained_path))
    for key, value in flatten(config).items():
        if (key == "seed" or key.startswith("data.")) and value != trained[key]:
            raise ConfigError(
                f"the saved model was trained with {key}={trained[key]}, not {value}: its training "
                "rows could be among the test rows; train again or drop the override"
            )`;

const EVALUATE_SAVED_MODEL = `def evaluate_saved_model(config: Config) -> None:
    """Evaluate the saved model inside an MLflow run and write the metrics.

    Args:
        config: Whole configuration.
    """
    with start_run(config.tracking, stage="evaluate"):
        mlflow.log_params(flatten(config))
        metrics = run(config)
        mlflow.log_metrics(metrics)
        mlflow.log_artifact(str(write_metrics(metrics, config.artifacts.evaluation_path)))`;

/** `main` of an entry point, and what runs it. */
export function renderMain(module: string, command: string): string {
  return `def main(argv: Sequence[str] | None = None) -> int:
    """Command line: \`\`python -m ${module} [--config FILE] [key=value ...]\`\`.

    Args:
        argv: Arguments, \`\`sys.argv[1:]\`\` by default.

    Returns:
        Exit status.
    """
    return run_command("${module}", ${command}, argv)


if __name__ == "__main__":
    sys.exit(main())`;
}

/**
 * The end of `src/evaluation/evaluate.py`. Before it stands the notebook's part with `run(config) -> dict[str, float]`,
 * which seeds, loads the model, calls `refuse_other_split` and scores.
 * Without an entry point `evaluate` only `write_metrics` is left, which training uses.
 */
export function renderEvaluateFrame(plan: PackagePlan): Fragment {
  if (plan.entryPoints.every(({ name }) => name !== 'evaluate')) {
    return {
      imports: ['import json', 'from pathlib import Path', 'from src.config import resolve_path'],
      code: WRITE_METRICS,
    };
  }
  return {
    imports: [
      'import json',
      'import sys',
      'from collections.abc import Sequence',
      'from pathlib import Path',
      'import mlflow',
      'from src.config import Config, flatten, load_config, resolve_path',
      'from src.errors import ConfigError',
      'from src.runtime import run_command',
      'from src.tracking import start_run',
    ],
    code: definitions([
      WRITE_METRICS,
      REFUSE_OTHER_SPLIT,
      EVALUATE_SAVED_MODEL,
      renderMain('src.evaluation.evaluate', 'evaluate_saved_model'),
    ]),
  };
}
