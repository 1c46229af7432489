import type { Rights } from './rights.ts';

/**
 * Plain names with `/` between them. Leaves out absolute paths, `..`, hidden files and with them everything of git and GitHub,
 * drives, backslashes, and letters that look like others.
 */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;
const LONGEST = 200;

/** The proof and what is written after it. An agent that could change it could make its own work pass. */
const PROOF = new Set([
  ...[
    'tests/reference.json',
    'tests/reference.py',
    'tests/test_parity.py',
    'tests/conftest.py',
    'tests/watching.py',
    'report.md',
  ],
]);

/** Why nothing may be written to a path; undefined: it may. The gate looks again, and at more. */
export function writeProblem(path: string, rights: Rights, notebook: string): string | undefined {
  if (rights.writes === 'nothing') return 'you may write nothing';
  if (path.length > LONGEST || !PLAIN.test(path) || /\.(\/|$)/.test(path))
    return 'a path is plain names with `/` between them, relative to the package, without hidden files';
  // A key that objects of JavaScript do not take for one.
  if (path.split('/').includes('__proto__')) return 'no name may be `__proto__`';
  const lower = path.toLowerCase();
  if (lower.endsWith('.ipynb') || lower === notebook.toLowerCase()) return 'the notebook is never changed';
  if (PROOF.has(lower)) return 'this file belongs to the proof, which nobody may change';
  if (!/\.(py|md)$/.test(path))
    return 'you may write only Python and Markdown; other files are made from one configuration';
  if (rights.writes === 'tests' && !path.startsWith('tests/')) return 'you may write only under tests/';
  return undefined;
}
