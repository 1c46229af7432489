import { isServable } from '../configuration/serving.ts';
import type { PackagePlan } from '../2-structure/plan.ts';

/** Tools that check the package. Pinned in any case: what they find depends on their version. */
const TOOLS = { basedpyright: '1.40.2', pytest: '9.2.0', ruff: '0.17.5' };

/** Name of a distribution as package indexes compare it. */
function normal(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[-_.]+/g, '-');
}

/** Version without what only says how it was built: no index has `2.13.0+cpu`. */
const released = (version: string): string => version.trim().replace(/\+.*$/, '');

/** Distributions that the written frame imports. */
function frameRequirements(plan: PackagePlan): string[] {
  const [only] = plan.fitted;
  const weights = plan.fitted.length === 1 && only?.framework === 'torch';
  const tables = isServable(plan) && (plan.serving.kind === 'model_input' || plan.serving.columns !== null);
  return [
    'mlflow',
    'numpy',
    'omegaconf',
    'structlog',
    ...(plan.fitted.length > 0 && !weights ? ['cloudpickle', 'joblib'] : []),
    ...(tables || plan.artifacts.some(({ kind }) => kind === 'fitted') ? ['pandas'] : []),
    ...(plan.seed.torch ? ['torch'] : []),
  ];
}

/** All distributions that the package imports, normalised and sorted. */
export function runtimeRequirements(plan: PackagePlan): string[] {
  return [...new Set([...plan.requirements, ...frameRequirements(plan)].map(normal))].sort();
}

type Pins = ReadonlyMap<string, string>;

export function pinsOf(versions: Readonly<Record<string, string>>): Pins {
  return new Map(Object.entries(versions).map(([name, version]) => [normal(name), released(version)]));
}

/** Text of `requirements.txt`: what the package imports, at the versions that the notebook ran with. */
export function renderRequirements(plan: PackagePlan, pins: Pins): string {
  const names = runtimeRequirements(plan);
  const line = (name: string): string => {
    const pin = pins.get(name);
    return pin === undefined ? name : `${name}==${pin}`;
  };
  const unpinned = names.some((name) => !pins.has(name));
  const note = unpinned ? ['# No version: the notebook was not seen to run with one.'] : [];
  return `${[...note, ...names.map(line)].join('\n')}\n`;
}

/** Text of `requirements-dev.txt`. */
export function renderDevelopmentRequirements(pins: Pins): string {
  const tools = Object.entries(TOOLS).map(([name, version]) => `${name}==${pins.get(name) ?? version}`);
  return `${['-r requirements.txt', ...tools].join('\n')}\n`;
}

/** Text of `constraints.txt`: every distribution of the lock, so that an installation is the one that was checked. */
export function renderConstraints(lock: readonly string[]): string {
  const pins = lock
    .map((line) => line.replace(/\s*(?:\\|#.*)?$/, '').trim())
    .filter((line) => /^[A-Za-z0-9][\w.-]*\s*==\s*\S+/.test(line))
    .map((line) => line.replace(/(==\s*[^\s;+]+)\+[^\s;]+/, '$1'));
  const lines = [...new Set(pins)].sort((left, right) => (normal(left) < normal(right) ? -1 : 1));
  return lines.length === 0
    ? '# Nothing is locked: the package was not installed when it was made.\n'
    : `${lines.join('\n')}\n`;
}
