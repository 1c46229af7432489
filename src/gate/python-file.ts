import { type CanonicalModule, type CanonicalStatement, readCanonical } from '../python/canonical.ts';
import { fixPython, formatPython, lintPython, PythonSyntaxError } from '../python/format.ts';
import type { Span } from '../python/statement.ts';
import { newDirectives } from './directives.ts';
import type { Problem } from './judgement.ts';
import { newCodeProblems } from './new-code.ts';
import type { OwnCode } from './own-code.ts';
import { comparePython, topProblem } from './python-change.ts';

/** Mistakes of form that a model need not be asked about again: order of imports, unused ones, white space, newer spelling. */
const FIXES = ['I001', 'F401', 'W291', 'W292', 'W293', 'UP006', 'UP007', 'UP035', 'UP045'];

/** What is to be said of a Python file, and the file as it would go into the package. */
export interface PythonVerdict {
  /** Laid out, imports in order. */
  text: string;
  changes: string[];
  problems: Problem[];
}

/**
 * Judges a Python file of a model by its syntax tree. Nothing is run.
 *
 * @param compiled - The file as the compiler made it; null: it made none.
 */
export function judgePython(
  compiled: string | null,
  made: string,
  { test, own, path }: { test: boolean; own: OwnCode; path: string },
): PythonVerdict {
  try {
    const text = formatPython(fixPython(formatPython(made), FIXES));
    if (text === compiled) return { text, changes: [], problems: [] };
    const module = readCanonical(text);
    const before = compiled === null ? null : readCanonical(compiled);
    const change = before === null ? newFile(module) : comparePython(before, module, test);
    const spans = change.added.map(({ span }): Span => span);
    const problems = [
      ...change.problems,
      ...newCodeProblems(module, compiled, spans, own),
      ...(test ? fixtureProblems(module, change.added, own) : []),
      ...newDirectives(before?.comments ?? [], module.comments).map((directive) => ({
        line: null,
        message: `it silences a tool or steers it: \`${directive}\``,
      })),
      ...lintProblems(compiled, text, path),
    ];
    return { text, changes: change.changes, problems };
  } catch (error) {
    if (!(error instanceof PythonSyntaxError)) throw error;
    const message = `it is no Python that can be read (${error.message})`;
    return { text: made, changes: [], problems: [{ line: error.line, message }] };
  }
}

function newFile({ statements }: CanonicalModule): {
  changes: string[];
  added: CanonicalStatement[];
  problems: Problem[];
} {
  const problems = statements.flatMap((statement) => {
    const message = topProblem(statement);
    return message === undefined ? [] : [{ line: statement.line, message }];
  });
  return { changes: ['a new file'], added: [...statements], problems };
}

/** What pytest itself gives to a test, and what only shows or holds something. */
const PYTEST_FIXTURES = ['tmp_path', 'tmp_path_factory', 'caplog', 'capsys', 'recwarn'];

/** A fixture can do what the test's own code may not: `monkeypatch` changes the program. */
function fixtureProblems(
  { statements }: CanonicalModule,
  added: readonly CanonicalStatement[],
  { fixtures }: OwnCode,
): Problem[] {
  const own = statements.flatMap(({ definition }) => (definition === null ? [] : [definition.name]));
  const known = new Set([...PYTEST_FIXTURES, ...fixtures, ...own]);
  return added.flatMap(({ definition, kind, line }) => {
    if (definition === null || kind !== 'function') return [];
    const isAsked =
      definition.name.startsWith('test_') || definition.decorators.some((one) => one.includes('fixture'));
    const given = new Set(definition.decorators.flatMap((one) => one.match(/\w+/g) ?? []));
    const foreign = definition.parameters.find((name) => name !== '' && !known.has(name) && !given.has(name));
    if (!isAsked || foreign === undefined) return [];
    return [{ line, message: `it asks for the fixture \`${foreign}\`, which may do more than a test may` }];
  });
}

/** Findings of ruff that the compiler's file has not. */
function lintProblems(compiled: string | null, made: string, path: string): Problem[] {
  const known = (compiled === null ? [] : lintPython(compiled, path)).map(({ code }) => code);
  return lintPython(made, path).flatMap(({ code, line, message }) => {
    const at = known.indexOf(code);
    if (at >= 0) {
      known.splice(at, 1);
      return [];
    }
    return [{ line, message: `ruff ${code}: ${message}` }];
  });
}
