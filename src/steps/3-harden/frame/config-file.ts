import { configuration, type Configuration, type Leaf, type Section } from '../../configuration/table.ts';
import { yamlText } from '../../configuration/yaml-text.ts';
import type { PackagePlan } from '../../2-structure/plan.ts';
import { docstring, LINE_LENGTH, pythonFile, pythonString, width } from './python-text.ts';

/** Writes `src/config.py`: the configuration as dataclasses without defaults, and what reads and writes it. */

/** Names in classes that pep8-naming wants in lower case; the notebook's own names stay. */
const MIXED_CASE = /^\p{Ll}.*\p{Lu}/u;

function field(name: string, annotation: string): string {
  const line = `    ${name}: ${annotation}`;
  const codes = [
    ...(MIXED_CASE.test(name) ? ['N815'] : []),
    ...(width(line) > LINE_LENGTH && !annotation.includes('[') ? ['E501'] : []),
  ];
  return codes.length === 0 ? line : `${line}  # noqa: ${codes.join(', ')}`;
}

function renderClass(section: Section): string {
  const attributes = section.members.map(({ name, text }) => ({ name, text }));
  const fields = section.members.map((member) =>
    field(member.name, member.kind === 'section' ? member.className : member.annotation),
  );
  const text = docstring({ summary: `${section.text}.`, attributes });
  return `\n@dataclass\nclass ${section.className}:\n${text}\n\n${fields.join('\n')}`;
}

/** Nested sections before those that hold them. */
function classes(section: Section): string[] {
  const nested = section.members.flatMap((member) => (member.kind === 'section' ? classes(member) : []));
  return [...nested, renderClass(section)];
}

/** A key to show in documentation: a number, the first of a stage. */
function exampleOf({ leaves }: Configuration): Leaf | undefined {
  const numbers = leaves.filter(({ literal }) => literal.kind === 'float' || literal.kind === 'int');
  return numbers.find(({ key }) => key.includes('.')) ?? numbers[0] ?? leaves[0];
}

function loadConfig(table: Configuration): string {
  const example = exampleOf(table);
  const override = example === undefined ? 'seed=1' : `${example.key}=${yamlText(example.literal)}`;
  const text = docstring({
    summary: 'Read a YAML file, apply overrides and check both against :class:`Config`.',
    args: [
      { name: 'path', text: 'YAML file holding every key' },
      { name: 'overrides', text: `Items like \`\`${pythonString(override)}\`\`, applied in order` },
    ],
    returns: 'The typed configuration',
    raises: [
      {
        name: 'ConfigError',
        text: 'If the file is missing or not YAML, a key is unknown or missing, or a value has the wrong type',
      },
    ],
  });
  return `
def load_config(path: str | Path = DEFAULT_CONFIG_PATH, overrides: Sequence[str] = ()) -> Config:
${text}
    config_path = Path(path)
    if not config_path.is_file():
        raise ConfigError(f"configuration file not found: {config_path}")
    keys = _leaves(Config, "")
    for override in overrides:
        key, equals, _ = override.partition("=")
        if not equals:
            raise ConfigError(f"override {override!r} must have the form key=value")
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(keys)}"
            raise ConfigError(f"unknown key {key!r}{hint}")
    try:
        merged = OmegaConf.merge(
            OmegaConf.structured(Config),
            OmegaConf.load(config_path),
            OmegaConf.from_dotlist(list(overrides)),
        )
        return cast(Config, OmegaConf.to_object(merged))
    except (OmegaConfBaseException, YAMLError, OSError, ValueError, TypeError) as error:
        key = getattr(error, "full_key", None)
        place = f"{config_path}, {key}" if key else str(config_path)
        reason = str(error) if isinstance(error, YAMLError) else str(error).partition("\\n")[0]
        raise ConfigError(f"invalid configuration ({place}): {reason}") from error`;
}

const WRITE_PLAIN = 'OmegaConf.save(OmegaConf.structured(config), config_path)';
const WRITE_ESCAPED = 'OmegaConf.save(OmegaConf.create(_escape(dataclasses.asdict(config))), config_path)';

const ESCAPE = `
def _escape(value: Any) -> Any:  # noqa: ANN401 - any tree of plain values
    """Keep \`\`\${\`\` in texts from being read as a reference to another key.

    Args:
        value: Tree of plain values.

    Returns:
        The tree as OmegaConf must see it.
    """
    if isinstance(value, dict):
        return {key: _escape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escape(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"(\\\\*)\\$\\{", r"\\1\\1\\\\\${", value)
    return value`;

function writeConfig(escapes: boolean): string {
  return `
def write_config(config: Config, path: str) -> Path:
    """Write the configuration of a run as YAML that :func:\`load_config\` reads.

    Args:
        config: Configuration to write.
        path: Destination, relative to the project root or absolute.

    Returns:
        The file written.
    """
    config_path = resolve_path(path)
    config_path.parent.mkdir(parents=True, exist_ok=True)
    ${escapes ? WRITE_ESCAPED : WRITE_PLAIN}
    return config_path`;
}

function flatten(example: Leaf | undefined): string {
  const entry =
    example === undefined ? '' : `, such as \`\`{"${example.key}": ${yamlText(example.literal)}}\`\``;
  const text = docstring({
    summary: 'List the configuration as dotted keys.',
    args: [{ name: 'config', text: 'Configuration to list' }],
    returns: `One entry per value${entry}`,
  });
  return `
def flatten(config: Config) -> dict[str, Any]:
${text}
    return {key: attrgetter(key)(config) for key in _leaves(Config, "")}`;
}

const LEAVES = `
def _leaves(section: type, prefix: str) -> list[str]:
    """List the dotted keys of a configuration class.

    Args:
        section: Dataclass to list.
        prefix: Dotted key of \`\`section\`\` with a trailing dot, empty for the root.

    Returns:
        One key per leaf.
    """
    keys: list[str] = []
    for name, kind in get_type_hints(section).items():
        if dataclasses.is_dataclass(kind):
            keys += _leaves(cast(type, kind), f"{prefix}{name}.")
        else:
            keys.append(f"{prefix}{name}")
    return keys`;

const RESOLVE_PATH = `
def resolve_path(path: str) -> Path:
    """Resolve the path of a file of this package against the project root.

    Args:
        path: Relative or absolute path.

    Returns:
        \`\`path\`\` itself if absolute, else the path below the project root.
    """
    return PROJECT_ROOT / path`;

const RESOLVE_INPUT = `
def resolve_input(path: str, root: str) -> Path:
    """Resolve the path of the notebook's data, which lies in the repository.

    Args:
        path: Path relative to \`\`root\`\`, or absolute.
        root: \`\`paths.root\`\`, relative to the project root, or absolute.

    Returns:
        \`\`path\`\` itself if absolute, else the path below \`\`root\`\`.
    """
    return (PROJECT_ROOT / root / path).resolve()`;

/** Text of `src/config.py`. */
export function renderConfig(plan: PackagePlan): string {
  const table = configuration(plan);
  const escapes = table.leaves.some(({ literal }) => yamlText(literal).includes('${'));
  return pythonFile(
    'Typed configuration, read from YAML and checked against the dataclasses below.',
    [
      'import dataclasses',
      'import difflib',
      ...(escapes ? ['import re'] : []),
      'from collections.abc import Sequence',
      'from dataclasses import dataclass',
      'from operator import attrgetter',
      'from pathlib import Path',
      'from typing import Any, Final, cast, get_type_hints',
      'from omegaconf import OmegaConf',
      'from omegaconf.errors import OmegaConfBaseException',
      'from yaml import YAMLError',
      'from src.errors import ConfigError',
    ],
    [
      'PROJECT_ROOT: Final = Path(__file__).resolve().parents[1]\n' +
        'DEFAULT_CONFIG_PATH: Final = PROJECT_ROOT / "configs" / "default.yaml"',
      ...classes(table.root),
      loadConfig(table),
      writeConfig(escapes),
      ...(escapes ? [ESCAPE] : []),
      flatten(exampleOf(table)),
      LEAVES,
      RESOLVE_PATH,
      ...(plan.inputs.length > 0 ? [RESOLVE_INPUT] : []),
    ],
  );
}
