import { unique } from '../configuration/names.ts';
import { configuration, type Leaf } from '../configuration/table.ts';
import { yamlText } from '../configuration/yaml-text.ts';
import type { PackagePlan } from '../2-structure/plan.ts';

/** One parameter of a run, as MLproject and mlflow_pipeline.yaml name it. */
export interface RunParameter {
  /** Key of the configuration: `data.test_size`. */
  key: string;
  /** Name in MLproject, which allows no dots: `data_test_size`. */
  name: string;
  type: string;
  /** Can stand in YAML as it is; everything else is given as a string, which reads as the value. */
  bare: boolean;
  /** What to write after `key=` on a command line. */
  text: string;
}

/** `int` of `int | None`, `list` of `list[int]`. */
function typeOf(leaf: Leaf): string {
  const members = leaf.annotation
    .split(' | ')
    .map((member) => member.replace(/\[.*$/s, ''))
    .filter((member) => member !== 'None');
  const [only] = members;
  if (members.length === 1 && only !== undefined && only !== 'Any') return only;
  const { kind } = leaf.literal;
  if (kind === 'none') return 'any';
  if (kind === 'string') return 'str';
  return kind === 'tuple' || kind === 'set' ? 'list' : kind;
}

/** All values of the configuration as parameters, in the order of default.yaml. */
export function parametersOf(plan: PackagePlan): RunParameter[] {
  const { leaves } = configuration(plan);
  // A run logs the runner's parameters beside its own dotted ones: a name without a dot must not be both.
  const taken = new Set(leaves.filter(({ key }) => !key.includes('.')).map(({ key }) => key));
  return leaves.map((leaf) => {
    const dotted = leaf.key.includes('.');
    const plain = leaf.literal.kind === 'int';
    const name = dotted
      ? unique(leaf.key.replaceAll('.', '_'), taken)
      : plain
        ? leaf.key
        : unique(`config_${leaf.key}`, taken);
    return {
      key: leaf.key,
      name,
      type: typeOf(leaf),
      bare: ['int', 'float', 'bool'].includes(leaf.literal.kind),
      text: yamlText(leaf.literal),
    };
  });
}

/** The parameters of an entry point: of training all but the tracking, of evaluation those that it needs. */
export function parametersFor(plan: PackagePlan, entry: 'train' | 'evaluate'): RunParameter[] {
  const all = parametersOf(plan).filter(({ key }) => !key.startsWith('tracking.'));
  if (entry === 'train') return all;
  const { byKey, sections } = configuration(plan);
  const keys = plan.entryPoints.filter(({ name }) => name === 'evaluate').flatMap((point) => point.keys);
  const wanted = new Set(keys.map((key) => byKey.get(key)?.key ?? sections.get(key)?.key ?? key));
  const needed = ({ key }: RunParameter): boolean =>
    /^(?:seed$|data\.|paths\.)/.test(key) ||
    /^artifacts\.(?:model|config|evaluation)_path$/.test(key) ||
    wanted.has(key) ||
    [...wanted].some((section) => key.startsWith(`${section}.`));
  return all.filter(needed);
}
