import { modelArtifact } from '../../configuration/artifacts.ts';
import type { FittedPlan, PackagePlan } from '../../2-structure/plan.ts';
import { definitions, type Fragment } from './fragment.ts';
import { docstring, type Entry } from './python-text.ts';
import { isNetwork, typeName, type TypeName } from './types.ts';

/** Writes how a package saves what it fitted, and loads it again: the end of `src/models/model.py`. */

const MODULE = 'src/models/model.py';
const DESTINATION: Entry = { name: 'path', text: 'Destination, relative to the project root or absolute' };
const SOURCE: Entry = { name: 'path', text: 'File to read, relative to the project root or absolute' };
const UNREAD: Entry = {
  name: 'ModelError',
  text: 'If the file is missing, unreadable or holds another kind of object',
};
const UNFIT: Entry = {
  name: 'ModelError',
  text: 'If the file is missing, unreadable or does not fit the network',
};

/** A value with its type, as a parameter and a field. */
interface Saved {
  plan: FittedPlan;
  type: TypeName;
  network: boolean;
}

const lead = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const describe = ({ plan }: Saved): Entry => ({ name: plan.name, text: lead(plan.description) });
/** ruff's ANN401 wants no `Any` as a parameter. */
const parameter = ({ plan, type }: Saved): string =>
  `${plan.name}: ${type.annotation === 'Any' ? 'object' : type.annotation}`;

const returning = (annotation: string): string =>
  annotation === 'Any' ? '-> Any:  # noqa: ANN401 - its class is not known' : `-> ${annotation}:`;

/** `saved in cell 31`. */
function origin(plan: PackagePlan): string {
  const cell = modelArtifact(plan)?.cell;
  return cell === null || cell === undefined ? '' : ` (cell ${cell})`;
}

const DUMP = (value: string): string => `    object_path = resolve_path(path)
    object_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        joblib.dump(${value}, object_path)
    except (PicklingError, AttributeError, TypeError):  # joblib takes no lambda
        with object_path.open("wb") as file:
            cloudpickle.dump(${value}, file)
    return object_path`;

const OPEN = (name: string, command: string): string => `    ${name}_path = resolve_path(path)
    if not ${name}_path.is_file():
        raise ModelError(f"no file {${name}_path}; run \`python -m src.training.train\` first")
    try:
        ${command}
    except Exception as error:  # unpickling raises whatever the bytes make it raise
        raise ModelError(f"cannot read {${name}_path}: {error!r}") from error`;

const LOAD = OPEN('object', 'loaded = joblib.load(object_path)');

const refuseOther = (check: string, name: string): string => `
    if not isinstance(loaded, ${check}):
        raise ModelError(f"{object_path} holds a {type(loaded).__name__}, not a ${name}")`;

const WRITE_OBJECT = `def _write_object(value: object, path: str) -> Path:
${docstring({
  summary: 'Write an object that :func:`_load_object` reads.',
  args: [{ name: 'value', text: 'Object to save' }, DESTINATION],
  returns: 'The file written',
})}
${DUMP('value')}`;

const LOAD_OBJECT = `def _load_object(path: str, kind: type[T]) -> T:
${docstring({
  summary: 'Load an object written by :func:`_write_object`.',
  args: [SOURCE, { name: 'kind', text: 'Class the object must have' }],
  returns: 'The object',
  raises: [UNREAD],
})}
${LOAD}
    if not isinstance(loaded, kind):
        raise ModelError(f"{object_path} holds a {type(loaded).__name__}, not a {kind.__name__}")
    return loaded`;

/** What new rows need besides the model, in a file of its own. */
const SAVE_FITTED = `def save_fitted(fitted: FittedValues, path: str) -> Path:
${docstring({
  summary: 'Save the values that new rows need.',
  args: [{ name: 'fitted', text: 'Values of a training run' }, DESTINATION],
  returns: 'The file written',
})}
    return _write_object(fitted, path)


def load_fitted(path: str) -> FittedValues:
${docstring({
  summary: 'Load the values that new rows need.',
  args: [SOURCE],
  returns: 'Values of the training run',
  raises: [UNREAD],
})}
    return _load_object(path, FittedValues)`;

/** One object that joblib saves. */
function single(plan: PackagePlan, saved: Saved, shared: boolean): string[] {
  const { name } = saved.plan;
  const { check, annotation } = saved.type;
  const known = check !== null && /^[\w.]+$/.test(annotation);
  const save = docstring({
    summary: `Save what was fitted${origin(plan)}.`,
    args: [describe(saved), DESTINATION],
    returns: 'The file written',
  });
  const load = docstring({
    summary: 'Load what a training run fitted.',
    args: [SOURCE],
    returns: lead(saved.plan.description),
    raises: [UNREAD],
  });
  const useShared = shared && known;
  const body = useShared
    ? `    return _load_object(path, ${check})`
    : `${LOAD}${check === null ? '' : refuseOther(check, check)}\n    return loaded`;
  return [
    `def save_model(${parameter(saved)}, path: str) -> Path:\n${save}\n` +
      (shared ? `    return _write_object(${name}, path)` : DUMP(name)),
    `def load_model(path: str) ${returning(annotation)}\n${load}\n${body}`,
  ];
}

/** One network, saved by its weights. */
function network(plan: PackagePlan, saved: Saved): string[] {
  const { name } = saved.plan;
  const annotation = saved.type.annotation === 'Any' ? 'nn.Module' : saved.type.annotation;
  const save = docstring({
    summary: `Save the weights${origin(plan)}.`,
    args: [describe(saved), DESTINATION],
    returns: 'The file written',
  });
  const load = docstring({
    summary: 'Load weights written by :func:`save_model`.',
    args: [SOURCE, { name, text: 'Untrained network, which receives the weights' }],
    returns: `\`\`${name}\`\` in evaluation mode`,
    raises: [UNFIT],
  });
  return [
    `def save_model(${name}: ${annotation}, path: str) -> Path:
${save}
    weights_path = resolve_path(path)
    weights_path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(${name}.state_dict(), weights_path)
    return weights_path`,
    `def load_model(path: str, ${name}: ${annotation}) -> ${annotation}:
${load}
${OPEN('weights', 'weights = torch.load(weights_path, map_location="cpu", weights_only=True)')}
    try:
        ${name}.load_state_dict(weights)
    except (RuntimeError, TypeError) as error:
        raise ModelError(f"{weights_path} does not fit the configured model: {error}") from error
    ${name}.eval()
    return ${name}`,
  ];
}

/** Several objects in one file; networks by their weights, on the CPU, so that any machine reads them. */
function several(plan: PackagePlan, all: readonly Saved[], shared: boolean): string[] {
  const networks = all.filter((saved) => saved.network);
  const annotated = (saved: Saved): string =>
    saved.network && saved.type.annotation === 'Any' ? 'nn.Module' : saved.type.annotation;
  const fields = all.map((saved) => `    ${saved.plan.name}: ${annotated(saved)}`);
  const dataclass = `@dataclass(frozen=True)
class TrainedModels:
${docstring({ summary: 'What a training run fits and evaluation needs.', attributes: all.map(describe) })}

${fields.join('\n')}`;
  const save = docstring({
    summary: `Save what was fitted${origin(plan)}.`,
    args: [{ name: 'trained', text: 'Objects of a training run' }, DESTINATION],
    returns: 'The file written',
  });
  const load = docstring({
    summary: 'Load what a training run fitted.',
    args: [
      SOURCE,
      ...networks.map(({ plan: { name } }) => ({
        name,
        text: 'Untrained network, which receives the weights',
      })),
    ],
    returns: 'Objects of the training run',
    raises: [networks.length === 0 ? UNREAD : UNFIT],
  });
  const head = `def save_model(trained: TrainedModels, path: str) -> Path:\n${save}\n`;
  if (networks.length === 0) {
    const body = shared
      ? '    return _load_object(path, TrainedModels)'
      : `${LOAD}${refuseOther('TrainedModels', 'TrainedModels')}\n    return loaded`;
    return [
      dataclass,
      head + (shared ? '    return _write_object(trained, path)' : DUMP('trained')),
      `def load_model(path: str) -> TrainedModels:\n${load}\n${body}`,
    ];
  }
  const values = all.map(({ plan: { name }, network: weights }) =>
    weights
      ? `        "${name}": {key: weight.cpu() for key, weight in trained.${name}.state_dict().items()},`
      : `        "${name}": trained.${name},`,
  );
  const parameters = networks.map((saved) => `${saved.plan.name}: ${annotated(saved)}`);
  const fill = networks.map(({ plan: { name } }) => `        ${name}.load_state_dict(loaded["${name}"])`);
  const evals = networks.map(({ plan: { name } }) => `    ${name}.eval()`);
  const results = all.map(({ plan: { name }, network: weights }) =>
    weights ? `${name}=${name}` : `${name}=loaded["${name}"]`,
  );
  const read = shared ? '    loaded = _load_object(path, dict)' : `${LOAD}${refuseOther('dict', 'dict')}`;
  const place = shared ? 'resolve_path(path)' : 'object_path';
  return [
    dataclass,
    `${head}    values = {\n${values.join('\n')}\n    }\n${shared ? '    return _write_object(values, path)' : DUMP('values')}`,
    `def load_model(path: str, ${parameters.join(', ')}) -> TrainedModels:
${load}
${read}
    try:
${fill.join('\n')}
        trained = TrainedModels(${results.join(', ')})
    except (RuntimeError, TypeError, KeyError) as error:
        raise ModelError(f"{${place}} does not fit the configured model: {error}") from error
${evals.join('\n')}
    return trained`,
  ];
}

/** Does the package keep values of the training table in a file of their own? */
export function keepsFittedValues(plan: PackagePlan): boolean {
  return plan.artifacts.some(({ kind }) => kind === 'fitted');
}

/**
 * `save_model` and `load_model` for what `plan.fitted` names, `save_fitted` and `load_fitted` where the serving path
 * keeps values. `load_model` takes an untrained network for each network that is saved.
 */
export function renderSaveAndLoad(plan: PackagePlan): Fragment {
  const keeps = keepsFittedValues(plan);
  const all = plan.fitted.map((fitted): Saved => ({
    plan: fitted,
    type: typeName(plan, fitted, MODULE),
    network: isNetwork(fitted),
  }));
  const [first] = all;
  if (first === undefined && !keeps) return { imports: [], code: '' };
  const networks = all.filter((saved) => saved.network);
  const alone = all.length === 1;
  const code =
    first === undefined
      ? []
      : !alone
        ? several(plan, all, keeps)
        : first.network
          ? network(plan, first)
          : single(plan, first, keeps);
  const pickles = keeps || !(alone && networks.length === 1);
  const untyped = all.filter(({ type }) => type.annotation === 'Any');
  const imports = [
    'from pathlib import Path',
    'from src.config import resolve_path',
    'from src.errors import ModelError',
    ...(pickles ? ['from pickle import PicklingError', 'import cloudpickle', 'import joblib'] : []),
    ...(alone ? [] : ['from dataclasses import dataclass']),
    ...(keeps ? ['from typing import TypeVar', 'from src.data.fitted import FittedValues'] : []),
    ...(alone && networks.length === 1 ? ['import torch'] : []),
    ...(untyped.some((saved) => saved.network) ? ['from torch import nn'] : []),
    ...(untyped.some((saved) => !saved.network) ? ['from typing import Any'] : []),
    ...all.filter(({ type }) => type.annotation !== 'Any').flatMap(({ type }) => type.imports),
  ];
  const parts = keeps ? [...code, SAVE_FITTED, WRITE_OBJECT, LOAD_OBJECT] : code;
  return { imports, code: definitions(keeps ? ['T = TypeVar("T")', ...parts] : parts) };
}
