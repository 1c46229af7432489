import type { PackagePlan } from '../../2-structure/plan.ts';
import { dictEntry, docstring, pythonFile } from './python-text.ts';

/** A call of MLflow takes milliseconds, often more than a turn of a loop: turns are sent together. */
const TURN_LOG = `
class TurnLog:
    """Metrics of the turns of a loop, sent to MLflow once a second and at the end of the run."""

    def __init__(self) -> None:
        """Start with nothing to send."""
        self._pending: list[Metric] = []
        self._sent = 0.0

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Log the metrics of one turn, where a run is active.

        Args:
            metrics: Values by name.
            step: Number of the turn.
        """
        if mlflow.active_run() is None:
            return
        now = time.time()
        self._pending += [Metric(key, value, int(now * 1000), step) for key, value in metrics.items()]
        if now - self._sent > 1 or len(self._pending) > 500:
            self.flush()

    def flush(self) -> None:
        """Send what is pending to the active run."""
        run = mlflow.active_run()
        if run is not None and self._pending:
            MlflowClient().log_batch(run.info.run_id, metrics=self._pending)
        self._pending = []
        self._sent = time.time()


TURNS = TurnLog()`;

/**
 * Text of `src/tracking.py`.
 *
 * @param turns - A training loop logs the metrics of its turns.
 */
export function renderTracking(plan: PackagePlan, turns: boolean): string {
  const tags = [
    dictEntry('"notebook"', plan.notebook.path, 8),
    dictEntry('"notebook_sha256"', plan.notebook.sha256, 8),
  ];
  const text = docstring({
    summary: 'Open an MLflow run tagged with the origin of the code.',
    body: ['``mlflow run`` has already chosen the server, experiment and run; they are left as they are.'],
    args: [
      { name: 'config', text: 'Tracking part of the configuration' },
      { name: 'stage', text: 'Tag that tells training from evaluation' },
    ],
    yields: 'Nothing; the run is active inside the ``with`` block and failed if an error leaves it',
  });
  return pythonFile(
    'MLflow tracking shared by training and evaluation.',
    [
      'import os',
      ...(turns ? ['import time'] : []),
      'from collections.abc import Iterator, Mapping',
      'from contextlib import contextmanager',
      'from types import MappingProxyType',
      'from typing import Final',
      'import mlflow',
      ...(turns ? ['from mlflow import MlflowClient', 'from mlflow.entities import Metric'] : []),
      'from src.config import TrackingConfig',
    ],
    [
      `NOTEBOOK_TAGS: Final[Mapping[str, str]] = MappingProxyType(\n    {\n${tags.join('\n')}\n    }\n)`,
      ...(turns ? [TURN_LOG] : []),
      `
@contextmanager
def start_run(config: TrackingConfig, stage: str) -> Iterator[None]:
${text}
    if "MLFLOW_TRACKING_URI" not in os.environ:
        mlflow.set_tracking_uri(config.uri)
    if "MLFLOW_RUN_ID" not in os.environ:
        mlflow.set_experiment(config.experiment)
    with mlflow.start_run(tags={**NOTEBOOK_TAGS, "stage": stage}):
${turns ? '        try:\n            yield\n        finally:\n            TURNS.flush()' : '        yield'}`,
    ],
  );
}
