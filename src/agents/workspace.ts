import type { FileTree } from '../lib/file-tree.ts';
import { INVISIBLE } from '../lib/text.ts';
import type { AgentLimits } from './limits.ts';
import type { Rights } from './rights.ts';
import { ToolError } from './tools/tool-error.ts';
import { writeProblem } from './workspace-path.ts';

/** What a package is held to while an agent changes it. */
export interface WorkspaceRules {
  rights: Rights;
  /** Path of the notebook. */
  notebook: string;
  /** Whether files that are there can be the agent's own, from the proposal that it mends. */
  repair: boolean;
  limits: AgentLimits;
}

/** A package in memory, as an agent changes it. Nothing of it is on a disk. */
export class Workspace {
  readonly #given: FileTree;
  readonly #files: Map<string, string>;
  readonly #rules: WorkspaceRules;

  constructor(given: FileTree, rules: WorkspaceRules) {
    this.#given = given;
    this.#files = new Map(Object.entries(given));
    this.#rules = rules;
  }

  paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  read(path: string): string {
    const text = this.#files.get(path);
    if (text === undefined) throw new ToolError('There is no such file. list_files says which there are.');
    return text;
  }

  write(path: string, text: string): void {
    this.#admit(path);
    const clean = text.replaceAll('\r\n', '\n');
    this.#checkText(clean);
    this.#checkPlace(path);
    const sizes = [...this.#files].map(([other, there]) => (other === path ? 0 : Buffer.byteLength(there)));
    const total = sizes.reduce((sum, size) => sum + size, Buffer.byteLength(clean));
    if (total > this.#rules.limits.treeBytes)
      throw new ToolError(
        `A package may have ${this.#rules.limits.treeBytes} bytes; it would have ${total}.`,
      );
    this.#files.set(path, clean);
  }

  /** Replaces the one place where `old` stands. */
  edit(path: string, old: string, replacement: string): void {
    this.#admit(path);
    const text = this.read(path);
    const at = text.indexOf(old);
    if (old === '' || at < 0)
      throw new ToolError(
        'The old text does not stand in the file. Read the file and copy the text exactly.',
      );
    if (text.indexOf(old, at + 1) >= 0)
      throw new ToolError(
        'The old text stands in the file more than once. Give more of the lines around it.',
      );
    if (old === replacement) throw new ToolError('The old and the new text are the same.');
    this.write(path, text.slice(0, at) + replacement + text.slice(at + old.length));
  }

  remove(path: string): void {
    this.#admit(path);
    this.read(path);
    if (!this.#rules.repair && Object.hasOwn(this.#given, path))
      throw new ToolError('A file that was there already is not deleted.');
    this.#files.delete(path);
  }

  /** The package as it is now. */
  tree(): FileTree {
    return Object.fromEntries(this.paths().map((path) => [path, this.read(path)]));
  }

  isChanged(): boolean {
    const given = Object.keys(this.#given);
    return (
      given.length !== this.#files.size || given.some((path) => this.#given[path] !== this.#files.get(path))
    );
  }

  #admit(path: string): void {
    const problem = writeProblem(path, this.#rules.rights, this.#rules.notebook);
    if (problem !== undefined) throw new ToolError(`This path cannot be written: ${problem}.`);
  }

  #checkText(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes > this.#rules.limits.fileBytes)
      throw new ToolError(
        `A file may have ${this.#rules.limits.fileBytes} bytes; this one would have ${bytes}.`,
      );
    const hidden = [...text.matchAll(INVISIBLE)].find(([character]) => !'\n\t'.includes(character));
    if (hidden === undefined) return;
    const point = (hidden[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0').toUpperCase();
    throw new ToolError(`The text holds U+${point}, which cannot be seen. Write it as an escape.`);
  }

  /** A file where a folder is needed, a folder where a file is, or a name that differs by case alone. */
  #checkPlace(path: string): void {
    if (this.#files.has(path)) return;
    if (this.#files.size >= this.#rules.limits.files)
      throw new ToolError(`A package may have ${this.#rules.limits.files} files.`);
    const lower = path.toLowerCase();
    const other = this.paths().find((known) => {
      const there = known.toLowerCase();
      return there === lower || there.startsWith(`${lower}/`) || lower.startsWith(`${there}/`);
    });
    if (other !== undefined) throw new ToolError(`The path does not fit beside ${other}.`);
  }
}
