/** Files that the kept code reads and writes, with the configuration keys that they get. */

import { toSnakeCase, uniqueName } from '../../python/names.ts';
import type { Span } from '../../python/statement.ts';
import type { InputFile, OutputFile } from './extraction.ts';
import type { NotebookFlow } from './flow.ts';
import { pathsInBody, type FilePath } from './paths.ts';

/** The files of the kept statements. */
export interface Files {
  inputs: InputFile[];
  outputs: OutputFile[];
  /** Where kept code reads a file again that kept code wrote. */
  rereads: { key: string; statement: number; span: Span; constant?: { statement: number; name: string } }[];
}

/** Reads the files off the kept statements. `sources`: files of the working tree; `saves`: statements that save a model. */
export function findFiles(
  { flows }: NotebookFlow,
  kept: ReadonlySet<number>,
  tree: { notebook: string; sources: readonly { path: string }[]; saves: ReadonlySet<number> },
): Files {
  const paths = new Set(tree.sources.map(({ path }) => path));
  const written = new Set<string>();
  const everWritten = new Set(
    flows.flatMap(({ files }) => files.filter(({ use }) => use === 'write').map(({ path }) => path)),
  );
  const again: (Omit<Files['rereads'][number], 'key'> & { written: string })[] = [];
  const inputs: InputFile[] = [];
  const outputs: OutputFile[] = [];
  for (const flow of flows) {
    if (!kept.has(flow.statement.id)) continue;
    for (const { path, span, call } of pathsInBody(flow.statement)) {
      // What the notebook writes itself is no input, whenever the function is called.
      if (everWritten.has(path)) continue;
      const place = { statement: flow.statement.id, span, written: path };
      const located = locate(path, tree.notebook, paths);
      inputs.push({ ...place, ...located, key: '', variable: null, reader: call.qualified });
    }
    for (const file of flow.files) {
      const common = {
        statement: flow.statement.id,
        span: file.constant?.span ?? file.span,
        written: file.path,
        ...(file.constant
          ? { constant: { statement: file.constant.statement, name: file.constant.name } }
          : {}),
      };
      if (file.use === 'read' && !written.has(file.path)) {
        const [variable] = flow.statement.defines.length === 1 ? flow.statement.defines : [];
        const isPlain = flow.statement.kind === 'assignment';
        inputs.push({
          ...common,
          ...locate(file.path, tree.notebook, paths),
          key: '',
          variable: isPlain ? (variable ?? null) : null,
          reader: file.call.qualified,
        });
      } else if (file.use === 'read') again.push(common);
      else if (file.use === 'write') {
        written.add(file.path);
        outputs.push({
          ...common,
          path: `artifacts/${baseOf(file.path)}`,
          key: '',
          ...describe(file, tree.saves.has(flow.statement.id)),
        });
      }
    }
  }
  nameInputs(inputs);
  nameOutputs(outputs);
  const keys = new Map(outputs.map(({ written: path, key }) => [path, key]));
  const rereads = again.map(({ written: path, ...place }) => ({ ...place, key: keys.get(path) ?? '' }));
  return { inputs, outputs, rereads };
}

/** Path relative to the working tree of a file that a notebook names; null if it is not there. */
export function resolvePath(written: string, notebook: string, paths: ReadonlySet<string>): string | null {
  if (isForeign(written)) return null;
  const folder = notebook.split('/').slice(0, -1);
  const candidate = normalise([...folder, ...written.split('/')]);
  if (candidate !== null && paths.has(candidate)) return candidate;
  // Some notebooks are run from the root of the repository.
  const fromRoot = normalise(written.split('/'));
  return fromRoot !== null && paths.has(fromRoot) ? fromRoot : null;
}

/** Where a file lies in the working tree, or where it belongs; null for what is on a server. */
function locate(
  written: string,
  notebook: string,
  paths: ReadonlySet<string>,
): Pick<InputFile, 'path' | 'present'> {
  const found = resolvePath(written, notebook, paths);
  if (found !== null) return { path: found, present: true };
  if (isRemote(written)) return { path: null, present: false };
  const folder = notebook.split('/').slice(0, -1);
  return {
    path: isForeign(written) ? written : normalise([...folder, ...written.split('/')]),
    present: false,
  };
}

/** On a server. */
export function isRemote(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//.test(path);
}

/** Absolute, remote or in somebody's home. */
export function isForeign(path: string): boolean {
  return isRemote(path) || /^(\/|~|[A-Za-z]:[\\/])/.test(path);
}

function normalise(parts: readonly string[]): string | null {
  const result: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') result.push(part);
    else if (result.pop() === undefined) return null;
  }
  return result.join('/');
}

/** Last part of a path, of either kind of system. */
export function baseOf(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? 'output';
}

function stemOf(path: string): string {
  return toSnakeCase(baseOf(path).replace(/\.[^.]*$/, ''));
}

function describe(
  { role, call, resolved }: FilePath,
  savesModel: boolean,
): Pick<OutputFile, 'kind' | 'object'> {
  if (role === 'savefig')
    return {
      kind: 'figure',
      object: call.root !== null && call.qualified.startsWith('<') ? call.root : 'pyplot',
    };
  const position = resolved.facts?.object;
  const argument = position === undefined ? undefined : call.arguments[position];
  const object = position === undefined ? call.root : (argument?.name ?? argument?.names[0] ?? null);
  // `joblib.dump` saves anything: encoders and lists of columns beside the model are files like others.
  if (role === 'save' && savesModel) return { kind: 'model', object };
  return { kind: /^(to_|savetxt|save)/.test(call.method) ? 'table' : 'other', object };
}

function nameInputs(inputs: InputFile[]): void {
  const distinct = new Map<string, string>();
  const taken = new Set<string>();
  const several = new Set(inputs.map(({ written }) => written)).size > 1;
  for (const input of inputs) {
    let key = distinct.get(input.written);
    if (key === undefined) {
      const stem = input.constant
        ? toSnakeCase(input.constant.name).replace(/_?(path|file|filename)$/, '')
        : toSnakeCase(input.variable ?? stemOf(input.written));
      key = several ? uniqueName(`data.${stem || stemOf(input.written)}_path`, taken) : 'data.path';
      taken.add(key);
      distinct.set(input.written, key);
    }
    input.key = key;
  }
}

function nameOutputs(outputs: OutputFile[]): void {
  const distinct = new Map<string, string>();
  const taken = new Set<string>([
    'artifacts.config_path',
    'artifacts.metrics_path',
    'artifacts.evaluation_path',
    'artifacts.fitted_path',
  ]);
  for (const output of outputs) {
    let key = distinct.get(output.written);
    if (key === undefined) {
      const first = output.kind === 'model' && !taken.has('artifacts.model_path');
      key = first ? 'artifacts.model_path' : uniqueName(`artifacts.${stemOf(output.written)}_path`, taken);
      taken.add(key);
      distinct.set(output.written, key);
    }
    output.key = key;
  }
}
