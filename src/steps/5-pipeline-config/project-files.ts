import { listed } from '../../lib/text.ts';
import { PACKAGE_LINT } from '../../python/format.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import { runtimeRequirements } from './requirements.ts';

/** Writes what tools read: `pyproject.toml`, `python_env.yaml` and the `Makefile`. */

const FALLBACK_PYTHON = '3.11';

/** Oldest Python that the package is written for, at most that of the run: `3.11`. */
function oldestPython(python: string): string {
  const minor = Number(/^3\.(\d+)/.exec(python)?.[1] ?? 11);
  return `3.${Math.min(11, Math.max(10, minor))}`;
}

/** A name that packaging tools accept. */
function projectName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'model' : plain;
}

/** Why library code is not used for types, as a comment. */
function typesReason(plan: PackagePlan): string {
  const untyped = runtimeRequirements(plan).filter((name) => ['pandas', 'scikit-learn'].includes(name));
  const subject = untyped.length === 0 ? 'Some libraries' : listed(untyped);
  const [ship, their] = untyped.length === 1 ? ['ships', 'its'] : ['ship', 'their'];
  return `# ${subject} ${ship} no type information; guessing it from ${their} source gives false errors.`;
}

const list = (items: readonly string[]): string => `[${items.map((item) => `"${item}"`).join(', ')}]`;

/** Text of `pyproject.toml`. */
export function renderPyproject(plan: PackagePlan, python: string): string {
  const oldest = oldestPython(python);
  return `[project]
name = "${projectName(plan.name)}"
version = "0.1.0"
requires-python = ">=${oldest}"

[tool.ruff]
line-length = ${PACKAGE_LINT.lineLength}
target-version = "py${oldest.replace('.', '')}"
extend-exclude = ["*.ipynb"]

[tool.ruff.lint]
select = ${list(PACKAGE_LINT.select)}
# The notebook's names are kept: X, X_train and the like are not lowercase.
ignore = ${list(PACKAGE_LINT.ignore)}

[tool.ruff.lint.per-file-ignores]
"tests/**" = ${list(PACKAGE_LINT.testIgnore)}

[tool.ruff.lint.isort]
known-first-party = ${list(PACKAGE_LINT.firstParty)}
${thirdParty(plan)}
[tool.ruff.lint.pydocstyle]
convention = "${PACKAGE_LINT.convention}"

[tool.pytest.ini_options]
pythonpath = ["."]
testpaths = ["tests"]
filterwarnings = [
    "ignore::DeprecationWarning:mlflow.*",
    "ignore::UserWarning:mlflow.*",
]

[tool.basedpyright]
include = ["src", "tests"]
typeCheckingMode = "basic"
${typesReason(plan)}
useLibraryCodeForTypes = false
`;
}

/** Modules of the repository are sorted alike, wherever the package lies. */
function thirdParty({ localModules = [] }: PackagePlan): string {
  const names = [...new Set(localModules.map(({ name }) => name))].sort();
  return names.length === 0 ? '' : `known-third-party = ${list(names)}\n`;
}

/** Text of `python_env.yaml`. */
export function renderPythonEnv(python: string): string {
  const version = /^3\.\d+(?:\.\d+)?$/.test(python) ? python : FALLBACK_PYTHON;
  return `python: "${version}"
build_dependencies:
  - pip
dependencies:
  - -r requirements.txt
`;
}

/** Text of the `Makefile`. */
export function renderMakefile(): string {
  return `.PHONY: install train evaluate test reference lint

PYTHON ?= python
ARGS ?=

install:
\t$(PYTHON) -m pip install -r requirements-dev.txt -c constraints.txt

train:
\t$(PYTHON) -m src.training.train $(ARGS)

evaluate:
\t$(PYTHON) -m src.evaluation.evaluate $(ARGS)

test:
\t$(PYTHON) -m pytest

reference:
\t$(PYTHON) -m tests.reference

lint:
\t$(PYTHON) -m ruff check .
\t$(PYTHON) -m ruff format --check .
\t$(PYTHON) -m basedpyright --pythonpath "$$($(PYTHON) -c 'import sys; sys.stdout.write(sys.executable)')"
`;
}
