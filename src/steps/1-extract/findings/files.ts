/** Paths and secrets that belong to one machine. */

import type { Extraction, Finding } from '../extraction.ts';
import { isForeign, isRemote } from '../files.ts';
import { lineOf } from '../seeds.ts';
import { at, list, type Rule } from './context.ts';

/** Files that were read in the place of missing ones. */
export const relocatedInputs: Rule = (context) =>
  context.relocations.flatMap(({ cell, line, from, to }) => {
    const each = context.flow.flows.find(
      ({ statement }) => statement.cell === cell && statement.line === line,
    );
    if (each === undefined) return [];
    return [
      at(each, context, {
        code: 'data_elsewhere',
        severity: 'medium',
        message: `\`${cut(from)}\` is not there; \`${cut(to)}\`, the only file of that name in the repository, was read in its place`,
        advice: `Check that it is the same data${keyOf(context.extraction, to)}.`,
      }),
    ];
  });

function keyOf({ inputs }: Extraction, path: string): string {
  const key = inputs.find((input) => input.path === path)?.key;
  return key === undefined ? '' : `: \`${key}\` of configs/default.yaml says which file is read`;
}

/** Inputs that are not in the repository, outputs that go elsewhere. */
export const foreignPaths: Rule = (context) => {
  const { flow, extraction, sources } = context;
  const found: Finding[] = [];
  for (const { statement, written, present, key } of extraction.inputs) {
    const each = flow.flows[statement];
    if (each === undefined || present) continue;
    if (isRemote(written)) {
      found.push(
        at(each, context, {
          code: 'remote_data',
          severity: 'medium',
          message: 'the data is read from the network: it may change or go away, and the run had no network',
          advice: `Put a copy into the repository and set \`${key}\`.`,
        }),
      );
    } else if (isForeign(written)) {
      found.push(
        at(each, context, {
          code: 'absolute_path',
          severity: 'medium',
          message: `\`${cut(written)}\` is a path of one machine`,
          advice: `The package reads \`${key}\` of configs/default.yaml. Put the file into the repository and set it.`,
        }),
      );
    } else if (sources.length > 0) {
      found.push(
        at(each, context, {
          code: 'missing_file',
          severity: 'medium',
          message: `\`${cut(written)}\` is not in the repository`,
          advice: `Put the file there, or set \`${key}\` of configs/default.yaml.`,
        }),
      );
    }
  }
  for (const { statement, written, key, path } of extraction.outputs) {
    const each = flow.flows[statement];
    if (each === undefined || !isForeign(written)) continue;
    found.push(
      at(each, context, {
        code: 'absolute_path',
        severity: 'medium',
        message: `\`${cut(written)}\` is a path of one machine`,
        advice: `\`${key}\` is \`${path}\` in the package.`,
      }),
    );
  }
  return found;
};

const cut = (path: string): string => (path.length > 80 ? `…${path.slice(-79)}` : path);

const SECRET_NAME = /(password|passwd|pwd|secret|api_?key|access_?key|auth_?token|api_?token|private_?key)$/i;
const SECRET_VALUE =
  /\b(AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|github_pat_\w{22,}|sk-[A-Za-z0-9_-]{20,}|xox[baprs]-[A-Za-z0-9-]{10,}|hf_[A-Za-z0-9]{30,}|AIza[0-9A-Za-z_-]{35})\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|:\/\/[^\s:/@'"]{1,80}:[^\s:/@'"]{3,80}@/;
const PLACEHOLDER = /^(x+|\*+|your.*|my.*|<.*>|\.\.\.|password|secret|changeme|token|none|todo|api.?key)$/i;

/** Passwords and keys. The message never repeats them. */
export const credentials: Rule = (context) =>
  context.flow.flows.flatMap((each) => {
    const { statement } = each;
    const names = new Set<string>();
    for (const match of statement.text.matchAll(
      /(?:\b(\w{3,40})|["'](\w{3,40})["']\])[ \t]*=[ \t]*["']([^"'\n]{6,200})["']|["'](\w{3,40})["'][ \t]*:[ \t]*["']([^"'\n]{6,200})["']/g,
    )) {
      const name = match[1] ?? match[2] ?? match[4] ?? '';
      const value = match[3] ?? match[5] ?? '';
      if (SECRET_NAME.test(name) && !PLACEHOLDER.test(value) && !/\s/.test(value)) names.add(name);
    }
    const match = SECRET_VALUE.exec(statement.text);
    if (names.size === 0 && match === null) return [];
    const what = names.size > 0 ? list([...names]) : 'a key';
    const offset = match?.index ?? 0;
    return [
      {
        ...at(each, context, {
          code: 'hard_coded_credential',
          severity: 'high',
          message: `${what} stands in the code in clear text`,
          advice:
            'Treat it as known to everybody: replace it, and read it from the environment. It is never written into the package.',
        }),
        line: lineOf(statement, { start: offset, end: offset }),
      },
    ];
  });
