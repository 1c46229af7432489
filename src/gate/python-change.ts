import type { CanonicalModule, CanonicalStatement } from '../python/canonical.ts';
import { isBuiltin } from '../python/names.ts';
import type { ImportedName } from '../python/statement.ts';
import { type Problem } from './judgement.ts';

/** How a file of the compiler was changed. */
export interface PythonChange {
  /** What changed, as phrases. */
  changes: string[];
  /** New statements, at the top or in functions. */
  added: CanonicalStatement[];
  problems: Problem[];
}

/**
 * Compares a file with the compiler's. What it does must stay, statement by statement: the proof saw one run on one set of data and
 * cannot vouch for other code. Words may change; functions, tests, constants and imports may be added at the top; to a function checks and
 * log lines, to a test assertions.
 */
export function comparePython(compiled: CanonicalModule, made: CanonicalModule, test: boolean): PythonChange {
  const comparison = new Comparison(compiled, made, test);
  return comparison.run();
}

class Comparison {
  readonly #compiled: CanonicalModule;
  readonly #made: CanonicalModule;
  readonly #test: boolean;
  /** Every word of the compiled code. */
  readonly #names: ReadonlySet<string>;
  readonly #change: PythonChange = { changes: [], added: [], problems: [] };

  constructor(compiled: CanonicalModule, made: CanonicalModule, test: boolean) {
    this.#compiled = compiled;
    this.#made = made;
    this.#test = test;
    const code = compiled.statements.map(({ form }) => form).join('\n');
    this.#names = new Set(code.normalize('NFKC').match(/[\p{L}\p{N}_]+/gu));
  }

  run(): PythonChange {
    const [compiled, made] = [this.#compiled, this.#made];
    this.#imports(compiled.imports, made.imports);
    const withoutImports = ({ statements }: CanonicalModule): CanonicalStatement[] =>
      statements.filter(({ kind }) => kind !== 'import');
    const outer = this.#block(withoutImports(compiled), withoutImports(made), null);
    for (const statement of outer) this.#atTop(statement);
    const { changes, added } = this.#change;
    const otherwise = made.text !== compiled.text && changes.length === 0 && added.length === 0;
    if (otherwise) changes.push('words of the module');
    return this.#change;
  }

  /** Compares two blocks and gives the statements that are new in the second one. */
  #block(
    before: readonly CanonicalStatement[],
    after: readonly CanonicalStatement[],
    around: CanonicalStatement | null,
  ): CanonicalStatement[] {
    const added: CanonicalStatement[] = [];
    let next = 0;
    for (const statement of after) {
      const wanted = before[next];
      if (wanted !== undefined && isSame(wanted, statement)) {
        this.#same(wanted, statement);
        next += 1;
      } else added.push(statement);
    }
    const missing = before[next];
    if (missing === undefined) return added;
    const changed = missing.definition?.name ?? around?.definition?.name;
    const at = added[0]?.line ?? around?.line ?? null;
    this.#problem(
      at,
      `${changed === undefined ? 'the module' : `\`${changed}\``} ${this.#lost(missing, added)}`,
    );
    return [];
  }

  #lost(missing: CanonicalStatement, added: readonly CanonicalStatement[]): string {
    const gone = missing.definition !== null && !added.some((one) => nameOf(one) === nameOf(missing));
    const whose = this.#test
      ? 'a test of the compiler is not removed or weakened'
      : 'what the notebook computes stays as it is';
    return gone ? `is gone: ${whose}` : `does something else than before: ${whose}`;
  }

  #same(before: CanonicalStatement, after: CanonicalStatement): void {
    this.#words(before, after);
    if (before.definition === null || after.definition === null) {
      this.#messages(before, after);
      return;
    }
    for (const statement of this.#block(before.definition.body, after.definition.body, after))
      this.#inDefinition(statement, after);
  }

  #words(before: CanonicalStatement, after: CanonicalStatement): void {
    const text = ({ text: whole }: CanonicalModule, { span }: CanonicalStatement): string =>
      whole.slice(span.start, span.end);
    const name = after.definition?.name;
    if (name === undefined || text(this.#compiled, before) === text(this.#made, after)) return;
    const phrase = `words of \`${name}\``;
    if (before.form === after.form) this.#change.changes.push(phrase);
  }

  #messages(before: CanonicalStatement, after: CanonicalStatement): void {
    after.messages.forEach((message, index) => {
      const known = before.messages[index];
      if (known?.text === message.text) return;
      const old = new Set(known?.values.map(({ text }) => text));
      const computed = message.values.find(({ text, plain }) => !plain && !old.has(text));
      if (computed !== undefined) this.#problem(after.line, 'a message computes something new');
    });
  }

  #atTop(statement: CanonicalStatement): void {
    const problem = topProblem(statement);
    if (problem !== undefined) return this.#problem(statement.line, problem);
    const name = nameOf(statement) ?? '';
    if (isBuiltin(name) || this.#names.has(name))
      return this.#problem(statement.line, `\`${name}\` is a name already`);
    if (this.#test && !isTestFunction(statement))
      return this.#problem(
        statement.line,
        `\`${name}\` is no test function; helpers go to a file of their own`,
      );
    this.#add(statement, `adds \`${name}\``);
  }

  #inDefinition(statement: CanonicalStatement, around: CanonicalStatement): void {
    const name = around.definition?.name ?? '';
    const allowed = this.#test
      ? statement.kind === 'assert'
      : statement.kind === 'guard' || statement.kind === 'log';
    if (around.kind === 'function' && allowed) {
      const what = { assert: 'an assertion', guard: 'a check', log: 'a log line' }[
        statement.kind as 'assert'
      ];
      return this.#add(statement, `adds ${what} to \`${name}\``);
    }
    const may = this.#test ? 'assertions may be added' : 'checks that raise and log lines may be added';
    this.#problem(
      statement.line,
      `\`${name}\` does more than before: only ${around.kind === 'class' ? 'words may change' : may}`,
    );
  }

  #imports(before: readonly ImportedName[], after: readonly ImportedName[]): void {
    const key = ({ name, module, member }: ImportedName): string => `${module} ${member ?? ''} ${name}`;
    const known = new Set(after.map(key));
    for (const one of before) {
      // What only annotations need may go with them.
      if (known.has(key(one)) || /^(typing|collections\.abc)$/.test(one.module)) continue;
      this.#problem(null, `the import of \`${one.name}\` is gone`);
    }
    const old = new Set(before.map(key));
    for (const one of after) {
      if (old.has(key(one))) continue;
      if (isBuiltin(one.name) || this.#names.has(one.name.normalize('NFKC')))
        this.#problem(null, `the import of \`${one.name}\` takes a name that stands for something else`);
      this.#change.changes.push(`imports \`${one.name}\``);
    }
  }

  #add(statement: CanonicalStatement, phrase: string): void {
    this.#change.added.push(statement);
    this.#change.changes.push(phrase);
  }

  #problem(line: number | null, message: string): void {
    this.#change.problems.push({ line, message });
  }
}

/** Statements that do the same, or definitions that are called the same, whose bodies are looked at in turn. */
function isSame(before: CanonicalStatement, after: CanonicalStatement): boolean {
  if (before.form === after.form) return true;
  const [one, two] = [before.definition, after.definition];
  return one !== null && two !== null && before.kind === after.kind && one.header === two.header;
}

function nameOf({ definition, form, kind }: CanonicalStatement): string | undefined {
  return definition?.name ?? (kind === 'constant' ? /^\w+/.exec(form)?.[0] : undefined);
}

/** Why a statement may not stand at the top of a file of a model: what runs when it is imported. */
export function topProblem({ kind, definition }: CanonicalStatement): string | undefined {
  if (kind === 'import' || kind === 'constant') return undefined;
  if (definition === null) return 'only imports, functions, classes and constants stand at the top of a file';
  return undefined;
}

/** A test, with nothing before it but its parameters. */
function isTestFunction({ kind, definition }: CanonicalStatement): boolean {
  if (kind !== 'function' || definition?.name.startsWith('test_') !== true) return false;
  return definition.decorators.every((decorator) => /^@\s*pytest\.mark\.parametrize\s*\(/.test(decorator));
}
