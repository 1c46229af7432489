/** Paths of files in a statement: literals, constants of the notebook, and simple expressions of both. */

import { callFacts } from '../../knowledge/lookup.ts';
import type { CallRole } from '../../knowledge/schema.ts';
import { isTried } from '../../python/evaluation-order.ts';
import type { Argument, Call, Span, Statement } from '../../python/statement.ts';
import type { ResolvedCall } from './calls.ts';
import type { Flow } from './flow.ts';
import type { Memory } from './things.ts';

/** One file that a statement reads or writes. */
export interface FilePath {
  use: 'read' | 'write' | 'folder';
  role: CallRole | undefined;
  path: string;
  /** Range of the literal, or of the expression that gives the path. */
  span: Span;
  /** Where the literal stands, if it is a constant of another statement. */
  constant: { statement: number; name: string; span: Span } | null;
  call: Call;
  resolved: ResolvedCall;
}

/** The files of a statement, as far as their paths can be read. */
export function pathsOf(flow: Flow, statements: readonly Statement[], memory: Memory): FilePath[] {
  const reader = new PathReader(statements, memory);
  const found: FilePath[] = [];
  for (const resolved of flow.calls) {
    const { facts, call } = resolved;
    const use = useOf(facts?.role) ?? (opensToRead(call) ? 'read' : null);
    if (use === null || facts === undefined) continue;
    const place = facts.path ?? { index: 0, keyword: 'path' };
    const argument =
      call.arguments.find(({ keyword }) => keyword === place.keyword) ?? positional(call, place.index);
    const receiver = facts.path === undefined ? null : argument;
    const path = receiver && (reader.read(receiver) ?? reader.opened(receiver, flow));
    // `pickle.load(open(path))` names its file once, and is about what is loaded.
    const named = found.findIndex(({ span }) => span.start === path?.span.start);
    if (path && named >= 0 && found[named]?.role === undefined) found.splice(named, 1);
    if (path && (named < 0 || facts.role !== undefined))
      found.push({ ...path, use, role: facts.role, call, resolved });
  }
  return found;
}

/** `open(path)` without a mode, or with one that only reads. */
function opensToRead(call: Call): boolean {
  if (call.qualified !== 'open') return false;
  const mode = call.arguments.find(({ keyword }) => keyword === 'mode') ?? positional(call, 1);
  return mode === undefined || (mode.literal?.kind === 'string' && /^r[bt]?$/.test(mode.literal.value));
}

/**
 * The files that a function of the notebook reads whenever it is called, as far as it names them itself: what it gets as a
 * parameter or from a constant of the notebook is not its own.
 */
export function pathsInBody(definition: Statement): { path: string; span: Span; call: Call }[] {
  if (definition.kind !== 'function') return [];
  return definition.calls.flatMap((call) => {
    const facts = call.within === null || call.local === true ? undefined : callFacts(call.qualified);
    if (facts?.path === undefined || useOf(facts.role) !== 'read') return [];
    const { index, keyword } = facts.path;
    const argument = call.arguments.find((each) => each.keyword === keyword) ?? positional(call, index);
    // The package's own error for a missing file would pass by the notebook's `except FileNotFoundError`.
    return argument?.literal?.kind === 'string' && !isTried(definition.text, call.span)
      ? [{ path: argument.literal.value, span: argument.span, call }]
      : [];
  });
}

function useOf(role: CallRole | undefined): FilePath['use'] | null {
  if (role === 'read' || role === 'load') return 'read';
  if (role === 'write' || role === 'save' || role === 'savefig') return 'write';
  return role === 'folder' ? 'folder' : null;
}

function positional(call: Call, index: number): Argument | undefined {
  const argument = call.arguments[index];
  return argument?.keyword === null ? argument : undefined;
}

type Path = Pick<FilePath, 'path' | 'span' | 'constant'>;

/** A name of the notebook that holds text. */
interface Constant {
  value: string;
  statement: number;
  span: Span;
}

/** Characters of the longest path that Linux knows. */
const LONGEST_PATH = 4096;

class PathReader {
  private readonly constants = new Map<string, Constant | null>();
  private readonly statements: readonly Statement[];
  private readonly memory: Memory;

  constructor(statements: readonly Statement[], memory: Memory) {
    this.statements = statements;
    this.memory = memory;
  }

  read({ literal, name, span, text }: Argument): Path | null {
    if (literal?.kind === 'string') return { path: literal.value, span, constant: null };
    if (name !== undefined) {
      const constant = this.constant(name);
      if (constant === null) return null;
      return {
        path: constant.value,
        span,
        constant: { statement: constant.statement, name, span: constant.span },
      };
    }
    const path = this.fold(text);
    return path === null ? null : { path, span, constant: null };
  }

  /** `pickle.dump(model, open('model.pkl', 'wb'))` and `with open('model.pkl', 'wb') as f: pickle.dump(model, f)`. */
  opened(argument: Argument, flow: Flow): Path | null {
    const opens = flow.statement.calls.filter(({ qualified }) =>
      /^(open|gzip\.open|bz2\.open|io\.open)$/.test(qualified),
    );
    for (const open of opens) {
      const first = open.arguments[0];
      if (first === undefined) continue;
      const inside = open.span.start >= argument.span.start && open.span.end <= argument.span.end;
      const bound = new RegExp(`^\\s*as\\s+${argument.name ?? '\\b\\B'}\\b`).test(
        flow.statement.text.slice(open.span.end),
      );
      if (inside || bound) return this.read(first);
    }
    return null;
  }

  private depth = 0;

  /** Each name is read once: `b = a + a`, `c = b + b` and so on would double the work with each line. */
  private constant(name: string): Constant | null {
    const known = this.constants.get(name);
    if (known !== undefined) return known;
    this.constants.set(name, null);
    const constant = this.readConstant(name);
    if (constant === null || constant.value.length > LONGEST_PATH) return null;
    this.constants.set(name, constant);
    return constant;
  }

  private readConstant(name: string): Constant | null {
    const defs = this.memory.names.get(name)?.defs ?? [];
    const statement = defs.length === 1 ? this.statements[defs[0] ?? -1] : undefined;
    const literal = statement?.value?.literal;
    if (statement?.value === undefined || statement.defines.length !== 1) return null;
    if (literal?.kind === 'string')
      return { value: literal.value, statement: statement.id, span: statement.value.span };
    if (literal !== undefined) return null;
    const { start, end } = statement.value.span;
    const folded = this.fold(statement.text.slice(start, end));
    return folded === null ? null : { value: folded, statement: statement.id, span: statement.value.span };
  }

  /** Value of `DIR + 'a.csv'`, `f'{DIR}/a.csv'`, `os.path.join(DIR, 'a.csv')`, `Path(DIR) / 'a.csv'`, `str(…)`. */
  private fold(text: string): string | null {
    // A name may be built from itself, and so may the text of a stranger.
    if (this.depth > 12) return null;
    this.depth += 1;
    try {
      return this.foldPart(text);
    } finally {
      this.depth -= 1;
    }
  }

  private foldPart(text: string): string | null {
    const source = text.trim();
    if (source.length > 300) return null;
    const quoted = /^[rbuRBU]?(["'])((?:(?!\1)[^\\\n])*)\1$/.exec(source);
    if (quoted) return quoted[2] ?? '';
    if (/^[A-Za-z_]\w*$/.test(source)) return this.constant(source)?.value ?? null;
    const formatted = /^[fF](["'])((?:(?!\1)[^\\\n])*)\1$/.exec(source)?.[2];
    if (formatted !== undefined) {
      let known = true;
      const value = formatted.replace(/\{(\w+)\}/g, (_, name: string) => {
        const part = this.constant(name)?.value;
        known &&= part !== undefined;
        return part ?? '';
      });
      return known && !value.includes('{') ? value : null;
    }
    const call = /^(?:\w+\.)*(join|Path|PurePath|str)\((.*)\)$/s.exec(source);
    if (call) return this.joined((call[2] ?? '').split(','), '/');
    if (source.includes('+')) return this.joined(source.split('+'), '');
    if (source.includes('/')) return this.joined(source.split(/\s*\/\s*(?=(?:[^'"]|["'][^'"]*["'])*$)/), '/');
    return null;
  }

  private joined(parts: readonly string[], separator: string): string | null {
    const values: string[] = [];
    for (const part of parts) {
      const value = part.trim() === '' ? '' : this.fold(part);
      if (value === null || (parts.length === 1 && part === '')) return null;
      values.push(value);
    }
    return separator === ''
      ? values.join('')
      : values
          .filter((value) => value !== '')
          .join('/')
          .replace(/([^:])\/\/+/g, '$1/');
  }
}
