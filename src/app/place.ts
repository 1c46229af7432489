import { slugOf } from '../lib/text.ts';

/** Names at the top of a package. */
const OWN_NAMES = new Set(
  [
    'EXTRACTION_PLAN.md REPORT.md .architect.json src configs tests MLproject Makefile pyproject.toml',
    'python_env.yaml requirements.txt requirements-dev.txt constraints.txt',
  ].flatMap((line) => line.split(' ')),
);
const FOLDER = 'productionized';

/** Where a package goes in the repository. */
export interface PackagePlace {
  /** `.` for the root. */
  folder: string;
  /** `paths.root` of the package: from it to the root. */
  root: string;
}

/**
 * The place rule: the root where none of a package's names is taken by what is not this notebook's package, else
 * `productionized/<slug>`. A package stays where it is.
 * @param notebookOf the notebook whose package lies in a folder; undefined: no package of ours does
 * @param wanted folder for packages, from the configuration
 */
export function choosePlace(
  files: readonly string[],
  notebook: string,
  notebookOf: (folder: string) => string | undefined,
  wanted: string | null,
): PackagePlace {
  const below = (folder: string): PackagePlace => ({
    folder,
    root: folder
      .split('/')
      .map(() => '..')
      .join('/'),
  });
  if (wanted === null) {
    if (notebookOf('.') === notebook) return { folder: '.', root: '.' };
    const free = !files.some((path) => OWN_NAMES.has(path.split('/')[0] ?? ''));
    const elsewhere = notebookOf(`${FOLDER}/${slugOf(notebook)}`) === notebook;
    if (free && !elsewhere) return { folder: '.', root: '.' };
  }
  const parent = wanted ?? FOLDER;
  const taken = (slug: string): boolean => {
    const folder = `${parent}/${slug}`;
    return files.some((path) => path.startsWith(`${folder}/`)) && notebookOf(folder) !== notebook;
  };
  return below(`${parent}/${slugOf(notebook, taken)}`);
}
