import type { CanonicalModule } from '../python/canonical.ts';
import { type Named, readNamed } from '../python/named.ts';
import type { Span } from '../python/statement.ts';
import {
  isHarmlessBuiltin,
  isHarmlessMember,
  isHarmlessPath,
  isKnownModule,
  isStandardModule,
  reachOf,
} from './harmless.ts';
import type { Problem } from './judgement.ts';
import { isOwn, leadsTo, type OwnCode } from './own-code.ts';

/**
 * Looks at what code of a model names. It may compute with harmless libraries that the package has already, and call functions of the
 * package that do no more. Whether it gives the right values, tests and parity say; whether it does anything else, this does.
 *
 * @param module - The proposed file.
 * @param compiled - Its text as the compiler made it; null: a new file.
 * @param added - What of the file is new; elsewhere only names that the compiler's file has not are looked at.
 */
export function newCodeProblems(
  module: CanonicalModule,
  compiled: string | null,
  added: readonly Span[],
  own: OwnCode,
): Problem[] {
  const known = new Set((compiled === null ? [] : readNamed(compiled)).map(key));
  const isNew = ({ span }: Named): boolean =>
    compiled === null || added.some(({ start, end }) => start <= span.start && span.end <= end);
  return readNamed(module.text)
    .filter((named) => isNew(named) || !known.has(key(named)))
    .flatMap((named) => {
      const message = problemOf(named, own);
      return message === undefined ? [] : [{ line: named.line, message }];
    });
}

function key({ kind, name }: Named): string {
  return `${kind} ${name}`;
}

function problemOf(named: Named, own: OwnCode): string | undefined {
  const { kind, name } = named;
  switch (kind) {
    case 'import':
      return importProblem(name, own);
    case 'path':
      return pathProblem(name, own);
    case 'module':
      return isOwn(name) || own.modules.has(name)
        ? asValue(name)
        : (pathProblem(`${name}.x`, own) ?? asValue(name));
    case 'top':
      return undefined;
    case 'builtin':
      return isHarmlessBuiltin(name) ? undefined : reaches(name, 'it uses');
    case 'member':
      return memberProblem(named);
    case 'write':
      return `it changes \`${name}\`, which belongs to the whole program`;
    case 'statement':
      return `it has ${name.includes(' ') ? name : `\`${name}\``}`;
  }
}

function importProblem(path: string, own: OwnCode): string | undefined {
  const cut = path.lastIndexOf('.');
  const module = cut < 0 ? path : path.slice(0, cut);
  if (path.endsWith('.*')) return `it imports everything of \`${module}\` (a wildcard import)`;
  if (path.startsWith('.')) return `it imports \`${path}\` relative to itself; write the whole path`;
  if (isOwn(path)) return ownProblem(path, own);
  if (reachOf(path) !== undefined) return reaches(path, 'it imports');
  const root = path.split('.')[0] ?? path;
  if (!isStandardModule(root) && !own.libraries.has(root)) return `it needs \`${root}\`, a new dependency`;
  // What is used of it is looked at where it is used.
  const allowed = isKnownModule(root) && path.split('.').slice(1).every(isHarmlessMember);
  return allowed ? undefined : reaches(path, 'it imports');
}

function pathProblem(path: string, own: OwnCode): string | undefined {
  if (isOwn(path)) return ownProblem(path, own);
  return isHarmlessPath(path) ? undefined : reaches(path, 'it uses');
}

/** A path into the package: a module, or a name that it defines and that acts on nothing but its values. */
function ownProblem(path: string, own: OwnCode): string | undefined {
  if (own.modules.has(path)) return undefined;
  const names = path.split('.');
  const module = names
    .map((_, index) => names.slice(0, index).join('.'))
    .findLast((one) => own.modules.has(one));
  const defined = module === undefined ? undefined : own.modules.get(module);
  const [name = '', ...members] = names.slice((module ?? '').split('.').length);
  if (module === undefined || defined?.has(name) !== true) return `there is no \`${path}\` in the package`;
  if (leadsTo(path, own.acting))
    return `it uses \`${path}\`, which writes files or reaches out of the program`;
  const member = members.find((one) => !isHarmlessMember(one));
  return member === undefined ? undefined : reaches(member, 'it uses');
}

function memberProblem({ name, own, call }: Named): string | undefined {
  // Of a path these move a file; of a table they take other arguments.
  if (name === 'rename')
    return call?.keywords.some((keyword) => /^(columns|index|axis)$/.test(keyword)) === true
      ? undefined
      : 'it uses `rename` otherwise than `rename(columns=…)`';
  if (name === 'replace')
    return call !== undefined && call.positional === 2
      ? undefined
      : 'it uses `replace` otherwise than `replace(old, new)`';
  if (own === true && /^_[a-z]/.test(name)) return undefined;
  return isHarmlessMember(name) ? undefined : reaches(name, 'it uses');
}

function asValue(name: string): string {
  return `it hands on the module \`${name}\` as a value`;
}

function reaches(path: string, verb: string): string {
  const reach = path
    .split('.')
    .map(reachOf)
    .find((one) => one !== undefined);
  const what =
    reach === undefined ? "which is not among what a model's code may use" : `which reaches ${reach}`;
  return `${verb} \`${path}\`, ${what}`;
}
