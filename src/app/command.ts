import { nearest } from '../lib/text.ts';
import type { Wish } from './trigger.ts';

const COMMANDS = ['run', 'status', 'help'];
const OPTIONS = ['--dry-run', '--target'];
/** Characters of a comment that are read for a command. */
const LONGEST = 1_000;

/**
 * Reads the command that a comment starts with.
 * @returns undefined where the comment is not meant for us
 */
export function parseCommand(body: string): Wish | undefined {
  const line = (body.split(/\r?\n/, 1)[0] ?? '').slice(0, LONGEST).trimEnd();
  if (!/^\/architect(\s|$)/i.test(line)) return undefined;
  const text = line.slice('/architect'.length);
  const wish = wishOf(wordsOf(text));
  return wish.kind === 'unclear' ? { ...wish, dryRun: /\s--dry-run(\s|$)/.test(text) } : wish;
}

function wishOf(words: readonly string[] | undefined): Wish {
  if (words === undefined) return unclear('A quotation mark is not closed.');
  const [name = 'help', ...rest] = words;
  const command = name.toLowerCase();
  if (command === 'run') return runCommand(rest);
  if (command === 'help' || command === 'status') return { kind: command };
  const meant = name.endsWith('.ipynb') ? 'run' : nearest(command, COMMANDS);
  return unclear(`There is no command \`${plain(name)}\`.`, meant === undefined ? '' : `/architect ${meant}`);
}

function runCommand(words: readonly string[]): Wish {
  let notebook: string | null = null;
  let target: string | null = null;
  let dryRun = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [option, joined] = splitOption(word);
    if (option === '--dry-run' && joined === undefined) dryRun = true;
    else if (option === '--target') {
      const value = joined ?? words[++index];
      if (value === undefined || value === '') return unclear('`--target` needs the name of a model.');
      target = value;
    } else if (word.startsWith('-')) {
      const meant = nearest(word, OPTIONS);
      return unclear(
        `There is no option \`${plain(word)}\`.`,
        meant === undefined ? '' : `/architect run ${meant}`,
      );
    } else if (notebook === null) notebook = word.replace(/^\.?\//, '');
    else return unclear('One notebook at a time. Put a path with spaces in quotation marks.');
  }
  return { kind: 'run', notebook, target, dryRun };
}

function splitOption(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined];
}

/** Words, with "…" and '…' and `…` around those that have spaces; undefined where one is not closed. */
function wordsOf(text: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^\s"'`]\S*))/y;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    words.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
    at = pattern.lastIndex;
  }
  return words;
}

/** The user's own word, safe in a code span. */
function plain(word: string): string {
  return word.replace(/[^\w./=-]/g, '?').slice(0, 80);
}

function unclear(message: string, meant = ''): Wish {
  return {
    kind: 'unclear',
    message: meant === '' ? message : `${message} Did you mean \`${meant}\`?`,
    dryRun: false,
  };
}
