import type { FileTree } from '../../../lib/file-tree.ts';
import type { PackagePlan } from '../../2-structure/plan.ts';
import { docstring, pythonFile, pythonString } from './python-text.ts';

/** Writes what is the same in every package: errors, seeds, logging, the command line, MLflow runs. */

/** Text of `src/errors.py`. */
export function renderErrors(_plan: PackagePlan): string {
  return `"""Errors a user can mend; the command line shows them in one line, without a traceback."""

from __future__ import annotations


class UserError(Exception):
    """Base of the errors below."""


class ConfigError(UserError):
    """The configuration has an unknown key, a missing key or a value that cannot be used."""


class SchemaError(UserError):
    """The raw data is missing, unreadable or not of the kind the notebook was run on."""


class ModelError(UserError):
    """The saved model is missing, unreadable or of another kind."""
`;
}

const SEED_TORCH = `
    torch.manual_seed(seed)  # also seeds every CUDA device
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False`;

const setSeed = (torch: boolean): string => `
def set_seed(seed: int) -> None:
    """Seed every global random number generator the package can reach.

    Args:
        seed: Value given to ${torch ? '``random``, ``numpy`` and ``torch``' : '``random`` and ``numpy``'}.

    Raises:
        ConfigError: If \`\`seed\`\` is outside the range accepted by NumPy, [0, 2**32).
    """
    if not 0 <= seed < 2**32:
        raise ConfigError(f"seed must be in [0, 2**32), got {seed}")
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - scikit-learn draws from the legacy global generator${torch ? SEED_TORCH : ''}`;

const LOGGING = `
def configure_logging(level: str = "INFO") -> None:
    """Send structured JSON log lines to standard error.

    Args:
        level: Name of the lowest level that is shown.

    Raises:
        ValueError: If \`\`level\`\` is not the name of a logging level.
    """
    if level not in LEVELS:
        raise ValueError(f"unknown log level {level!r}; expected one of {LEVELS}")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(default=_to_plain),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )`;

const TO_PLAIN = `
def _to_plain(value: object) -> object:
    """Turn a NumPy scalar into a Python number, anything else into text.

    Args:
        value: Object that \`\`json\`\` cannot serialise.

    Returns:
        A JSON-serialisable stand-in for \`\`value\`\`.
    """
    return value.item() if isinstance(value, np.generic) else str(value)`;

const RUN_COMMAND = `
def run_command(
    module: str, command: Callable[[Config], object], argv: Sequence[str] | None = None
) -> int:
    """Run \`\`python -m <module> [--config FILE] [key=value ...]\`\`.

    Args:
        module: Name shown in the usage.
        command: Receives the typed configuration.
        argv: Arguments, \`\`sys.argv[1:]\`\` by default.

    Returns:
        Exit status: 0, or 1 after a :class:\`UserError\`, which is logged in one line.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument("--config", default=str(DEFAULT_CONFIG_PATH), metavar="FILE")
    parser.add_argument("overrides", nargs="*", metavar="key=value")
    arguments = parser.parse_args(argv)
    configure_logging()
    try:
        command(load_config(arguments.config, arguments.overrides))
    except UserError as error:
        logger.error("failed", error=type(error).__name__, reason=str(error))
        return 1
    return 0`;

/** Text of `src/runtime.py`. */
export function renderRuntime(plan: PackagePlan): string {
  return pythonFile(
    'Runtime setup: seeds, structured logging and the command line.',
    [
      'import argparse',
      'import logging',
      'import random',
      'import sys',
      'from collections.abc import Callable, Sequence',
      'from typing import Final',
      'import numpy as np',
      'import structlog',
      ...(plan.seed.torch ? ['import torch'] : []),
      'from src.config import DEFAULT_CONFIG_PATH, Config, load_config',
      'from src.errors import ConfigError, UserError',
    ],
    [
      'LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")',
      'logger = structlog.get_logger(__name__)',
      setSeed(plan.seed.torch),
      LOGGING,
      TO_PLAIN,
      RUN_COMMAND,
    ],
  );
}

/**
 * The `__init__.py` of every folder of the package. They hold a sentence and import nothing: a stage may use a
 * function of another one without a cycle.
 */
/** Where Python finds the modules of the repository; in a served model they lie beside the package. */
function searchPath({ localModules = [], root }: PackagePlan): string {
  const folders = [...new Set(localModules.map(({ folder }) => folder))].sort();
  if (folders.length === 0) return '';
  const paths = folders.map((folder) =>
    folder === '' ? '_REPOSITORY' : `_REPOSITORY / ${pythonString(folder)}`,
  );
  return `
import sys
from pathlib import Path

# Modules of the repository that the notebook imports stay where they are.
_REPOSITORY = (Path(__file__).parents[1] / ${pythonString(root)}).resolve()
for _folder in (${paths.join(', ')}${paths.length === 1 ? ',' : ''}):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))
`;
}

export function renderInits(plan: PackagePlan): FileTree {
  const origin = docstring({ summary: `Package compiled from ${plan.notebook.file}.` }, '');
  return {
    'src/__init__.py': `${origin}\n${searchPath(plan)}`,
    'src/data/__init__.py': '"""Data stage."""\n',
    'src/evaluation/__init__.py': '"""Evaluation stage."""\n',
    'src/models/__init__.py': '"""Model stage."""\n',
    'src/training/__init__.py': '"""Training stage."""\n',
  };
}
