import type { Diagnostic } from '../lib/diagnostic.ts';
import { count } from '../lib/text.ts';
import { isHonoured } from './honoured-conventions.ts';

/** The parts of a package that have a folder of their own. */
export type PackagePart = 'data' | 'models' | 'training' | 'evaluation' | 'configs' | 'tests';

/** One line of a team's conventions. */
export interface Convention {
  section: 'structure' | 'required' | 'prohibited' | 'other';
  /** From 1, in `.architect.md`. */
  line: number;
  text: string;
}

/** What a team wants of generated code: `.architect.md`. Plain JSON. */
export interface Conventions {
  /** The folders that the team wants, by part, relative to the package; the compiler's own where it names none. */
  folders: Record<PackagePart, string>;
  /** Lines that hold in every package that the compiler makes. */
  honoured: Convention[];
  /** Lines that only a model can honour. */
  forModel: Convention[];
}

/** Where the compiler puts the parts of a package. */
export const DEFAULT_CONVENTIONS: Conventions = {
  folders: {
    data: 'src/data',
    models: 'src/models',
    training: 'src/training',
    evaluation: 'src/evaluation',
    configs: 'configs',
    tests: 'tests',
  },
  honoured: [],
  forModel: [],
};

const MOST_CHARACTERS = 100_000;

/** Titles of sections, in the languages that teams write them in. */
const SECTIONS: [Convention['section'], RegExp][] = [
  ['structure', /^(project |package )?(structure|layout)|^estructura/],
  ['required', /^(required|requirements|must|do$)|^(obligatori[oa]s?|requerid[oa]s?|requisitos)/],
  ['prohibited', /^(prohibited|forbidden|must not|don.?t)|^prohibid[oa]s?/],
];

/** Words by which a line of the structure names a part: in the name of its folder first, in what it says of it else. */
const PARTS: [PackagePart, RegExp][] = [
  ['tests', /\b(tests?|pytest|pruebas?)\b/],
  ['configs', /\b(conf(ig)?s?|configurations?|configuraci[oó]n(es)?|hydra|omegaconf|settings)\b/],
  ['evaluation', /\b(eval(uation)?s?|metrics?|evaluaci[oó]n|m[eé]tricas?)\b/],
  ['training', /\b(train(ing|er)?s?|callbacks?|entrenamientos?)\b/],
  ['data', /\b(data|datos|dataset?s?|features?|preprocessing|ingest(ion)?|etl|preprocesamiento)\b/],
  ['models', /\b(models?|modelos?|networks?|architectures?)\b/],
];

/**
 * Reads the conventions of a team. Any text is valid: titles and lists are looked for, in English or Spanish, and what the
 * compiler does not know is for a model.
 *
 * @param file - What the file is called in messages.
 * @param asked - Whether a model is asked, which is given them.
 */
export function readConventions(
  text: string,
  file: string,
  asked: boolean,
): { conventions: Conventions; diagnostics: Diagnostic[] } {
  if (text.length > MOST_CHARACTERS) {
    const message = `${file} is too large for a file of conventions.`;
    const refused = { severity: 'refused' as const, file, message, help: 'Shorten it.' };
    return { conventions: DEFAULT_CONVENTIONS, diagnostics: [{ code: 'config_too_large', ...refused }] };
  }
  const conventions: Conventions = {
    folders: { ...DEFAULT_CONVENTIONS.folders },
    honoured: [],
    forModel: [],
  };
  const moved: Diagnostic[] = [];
  for (const convention of linesOf(text)) {
    if (convention.section !== 'structure') {
      (isHonoured(convention) ? conventions.honoured : conventions.forModel).push(convention);
      continue;
    }
    const wanted = folderOf(convention.text);
    if (wanted === undefined) {
      conventions.forModel.push(convention);
      continue;
    }
    conventions.folders[wanted.part] = wanted.folder;
    const own = DEFAULT_CONVENTIONS.folders[wanted.part];
    if (wanted.folder === own) conventions.honoured.push(convention);
    else moved.push(notMoved(convention.line, wanted, own, file));
  }
  return { conventions, diagnostics: [...moved, ...forModelNote(conventions.forModel, file, asked)] };
}

function notMoved(
  line: number,
  { part, folder }: { part: PackagePart; folder: string },
  own: string,
  file: string,
): Diagnostic {
  return {
    code: 'folder_not_honoured',
    severity: 'todo',
    file,
    line,
    message: `${file}:${String(line)}: ${part} go to \`${own}\`, not to \`${folder}\`: the compiler has one layout.`,
    help: 'Move the folder after the merge, or write the compiler’s folder here.',
  };
}

/** One note for all of them: a reader wants to know that they are not forgotten, not each of them again. */
function forModelNote(lines: readonly Convention[], file: string, asked: boolean): Diagnostic[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, 20).map(({ line, text }) => `line ${String(line)} (${text.slice(0, 60)})`);
  const more = lines.length > shown.length ? ` and ${String(lines.length - shown.length)} more` : '';
  return [
    {
      code: 'conventions_need_model',
      severity: 'note',
      file,
      message: `${count(lines.length, 'line')} of ${file} can be honoured only by a model: ${shown.join(', ')}${more}.`,
      help: asked
        ? 'The model was given what is asked for there; whether it honoured that, a reviewer should look.'
        : 'A reviewer should look at what is asked for there.',
    },
  ];
}

/**
 * The lines that ask for something, each with the section that it stands in. Line by line: the text is hostile, and readers of
 * Markdown recurse.
 */
function linesOf(text: string): Convention[] {
  const found: Convention[] = [];
  let section: Convention['section'] = 'other';
  let hidden = false;
  let open: Convention | undefined;
  text.split(/\r?\n/).forEach((row, index) => {
    const inside = hidden;
    hidden = row.lastIndexOf('<!--') > row.lastIndexOf('-->') || (hidden && !row.includes('-->'));
    const words = row.replace(/<!--.*?(-->|$)/g, '').trim();
    if (inside || words === '' || /^(```|~~~)/.test(words)) {
      open = undefined;
      return;
    }
    if (isTitle(words)) {
      section = sectionOf(words);
      open = undefined;
      return;
    }
    const rest = words.replace(/^[\s>│├└─|]*(?:[-*+]\s|\d{1,4}[.)]\s)?\s*(?:\[[ xX]\]\s)?/, '').trim();
    if (!/[\p{L}\d]/u.test(rest)) return;
    // A line without a mark of its own goes on with the entry above it.
    if (open !== undefined && rest === words && /^\s/.test(row)) open.text += ` ${rest}`;
    else found.push((open = { section, line: index + 1, text: rest }));
  });
  return found;
}

/** A heading, or a line that is only emphasised, as some write headings. */
function isTitle(words: string): boolean {
  return /^#{1,6}\s/.test(words) || /^(\*\*|__)[^*_]+(\*\*:?|__:?)$/.test(words);
}

function sectionOf(title: string): Convention['section'] {
  const words = title
    .replace(/^\s*#+/, '')
    .replace(/[*_`:]/g, '')
    .replace(/^[^\p{L}]+/u, '')
    .trim()
    .toLowerCase();
  return SECTIONS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other';
}

/** The part and the folder of a line such as `src/data/ → loading, features`. */
function folderOf(text: string): { part: PackagePart; folder: string } | undefined {
  const plain = text.replace(/[*`]/g, '');
  const match = /^\.?\/?([\w.-]+(?:\/[\w.-]+)*)\/?(?=$|[\s:,(=→–—-])/u.exec(plain);
  const folder = match?.[1];
  if (folder === undefined || folder.includes('..') || !/[/→:=]|--?>|\s[-–—]\s/.test(plain)) return undefined;
  const name = (folder.split('/').at(-1) ?? '').replace(/[_.-]/g, ' ').toLowerCase();
  const meaning = plain.slice(folder.length).toLowerCase();
  const part =
    PARTS.find(([, words]) => words.test(name))?.[0] ?? PARTS.find(([, words]) => words.test(meaning))?.[0];
  return part === undefined ? undefined : { part, folder };
}
