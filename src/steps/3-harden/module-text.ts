import { freeNames } from '../../python/edit.ts';
import { isBuiltin } from '../../python/names.ts';
import type { Annotation } from './annotations.ts';
import type { CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import type { FunctionCode } from './segment-code.ts';

/** One import: `from module import member as name`, or `import module as name`. */
export type ImportLine = Annotation['imports'][number];

/** Names that the frame of the package defines or uses, and where they come from. */
const FRAME: ImportLine[] = [
  { module: 'src.runtime', member: 'set_seed', name: 'set_seed' },
  { module: 'src.runtime', member: 'run_command', name: 'run_command' },
  { module: 'src.config', member: 'Config', name: 'Config' },
  { module: 'src.config', member: 'DataConfig', name: 'DataConfig' },
  { module: 'src.config', member: 'ModelConfig', name: 'ModelConfig' },
  { module: 'src.config', member: 'TrainingConfig', name: 'TrainingConfig' },
  { module: 'src.config', member: 'EvaluationConfig', name: 'EvaluationConfig' },
  { module: 'src.config', member: 'resolve_path', name: 'resolve_path' },
  { module: 'src.config', member: 'resolve_input', name: 'resolve_input' },
  { module: 'src.config', member: 'load_config', name: 'load_config' },
  { module: 'src.config', member: 'flatten', name: 'flatten' },
  { module: 'src.errors', member: 'SchemaError', name: 'SchemaError' },
  { module: 'src.errors', member: 'ModelError', name: 'ModelError' },
  { module: 'src.errors', member: 'ConfigError', name: 'ConfigError' },
  { module: 'src.data.loader', member: 'require_file', name: 'require_file' },
  { module: 'src.data.loader', member: 'PreparedData', name: 'PreparedData' },
  { module: 'src.data.loader', member: 'prepare_data', name: 'prepare_data' },
  { module: 'src.models.model', member: 'load_model', name: 'load_model' },
  { module: 'src.models.model', member: 'save_model', name: 'save_model' },
  { module: 'src.evaluation.evaluate', member: 'evaluate_model', name: 'evaluate_model' },
  { module: 'src.evaluation.evaluate', member: 'write_metrics', name: 'write_metrics' },
  { module: 'src.training.train', member: 'TrainingResult', name: 'TrainingResult' },
  { module: 'functools', member: null, name: 'functools' },
  { module: 'mlflow', member: null, name: 'mlflow' },
  { module: 'pathlib', member: 'Path', name: 'Path' },
  { module: 'typing', member: 'Any', name: 'Any' },
  { module: 'dataclasses', member: 'dataclass', name: 'dataclass' },
  { module: 'collections.abc', member: 'Callable', name: 'Callable' },
  { module: 'collections.abc', member: 'Sequence', name: 'Sequence' },
  { module: 'pandas', member: null, name: 'pd' },
  { module: 'numpy', member: null, name: 'np' },
  { module: 'numpy.typing', member: null, name: 'npt' },
  { module: 'torch', member: null, name: 'torch' },
];

/** A module before its imports are known. */
export interface ModuleDraft {
  path: string;
  docstring: string;
  pieces: FunctionCode[];
}

/**
 * Puts a module together: its imports are those of the names that its code leaves free.
 *
 * @param draft - The pieces in order.
 * @param symbols - Module of every function and class of the package by name.
 * @returns The text, not yet formatted, and the names that nothing defines.
 */
export function moduleText(
  draft: ModuleDraft,
  symbols: ReadonlyMap<string, string>,
  context: CodeContext,
): { text: string; unresolved: string[] } {
  const code = draft.pieces.map((piece) => piece.text.trim()).join('\n\n\n');
  const logger = /\blogger\./.test(code) ? '\n\nlogger = structlog.get_logger(__name__)\n' : '';
  const explicit = draft.pieces.flatMap((piece) => piece.imports);
  const own = dottedName(draft.path);
  const lines: string[] = [];
  const unresolved: string[] = [];
  for (const name of freeNames(code)) {
    if (name === 'logger' || isBuiltin(name) || name.startsWith('__')) continue;
    if (symbols.get(name) === own) continue;
    const line = findImport(name, explicit, symbols, context);
    if (line && line.module === own) continue;
    if (line) lines.push(importLine(line));
    else unresolved.push(name);
  }
  if (logger !== '') lines.push('import structlog');
  const header = `${renderDocstring({ summary: draft.docstring }, 0)}\n\nfrom __future__ import annotations\n\n`;
  return { text: `${header}${[...new Set(lines)].join('\n')}\n${logger}\n\n${code}\n`, unresolved };
}

function findImport(
  name: string,
  explicit: ImportLine[],
  symbols: ReadonlyMap<string, string>,
  context: CodeContext,
): ImportLine | undefined {
  const module = symbols.get(name);
  if (module !== undefined) return { module, member: name, name };
  return (
    notebookImport(name, context) ??
    explicit.find((line) => line.name === name) ??
    FRAME.find((line) => line.name === name)
  );
}

/** The notebook's own import of a name, the last one that binds it. */
function notebookImport(name: string, context: CodeContext): ImportLine | undefined {
  const imports = context.extraction.statements.flatMap((statement) => statement.imports);
  const found = imports.filter((item) => item.name === name).at(-1);
  if (!found || found.member === '*') return undefined;
  return { module: found.module, member: found.member, name };
}

/** `src/data/loader.py` → `src.data.loader`. */
export function dottedName(path: string): string {
  return path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.');
}

/** One line of Python. */
export function importLine({ module, member, name }: ImportLine): string {
  if (member !== null) return `from ${module} import ${member}${member === name ? '' : ` as ${name}`}`;
  if (module === name || module.split('.')[0] === name) return `import ${module}`;
  const parts = module.split('.');
  if (parts.length > 1 && parts.at(-1) === name) return `from ${parts.slice(0, -1).join('.')} import ${name}`;
  return `import ${module} as ${name}`;
}
