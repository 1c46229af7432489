import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files, LocalGitHub } from '../local-github/index.ts';
import { count } from '../src/lib/text.ts';
import { push } from './push.ts';
import { kilobytes, say, title } from './screen.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/demo', import.meta.url));
const NOTEBOOK = 'rentals.ipynb';
/** Where she works. */
const BRANCH = 'forecast';

export const OWNER = 'acme';
export const WRITER = 'ada';
/** Somebody without any right. */
export const STRANGER = 'eve';
export const REPOSITORY = `${OWNER}/bikes`;

/** A data scientist's pull request: pushes the repository, opens the pull request and labels it. Resolves with its number. */
export async function openNotebook(github: LocalGitHub, folder: string): Promise<number> {
  const files = fixture();
  say('');
  say(title(`${WRITER} pushes a notebook`));
  for (const [path, text] of Object.entries(files))
    say(`  ${path} (${kilobytes(Buffer.byteLength(text ?? ''))})`);
  const cells = (JSON.parse(String(files[NOTEBOOK])) as { cells: unknown[] }).cells;
  say(
    `${NOTEBOOK} has ${count(cells.length, 'cell')}: bike rentals of a station, tables, plots, two models.`,
  );
  const { [NOTEBOOK]: notebook, ...data } = files;
  const remote = {
    url: `${github.url}/${REPOSITORY}.git`,
    token: github.tokens[WRITER] ?? '',
    login: WRITER,
  };
  await push(folder, remote, [
    { branch: 'main', message: 'Bike rentals of one station', files: { 'README.md': README, ...data } },
    { branch: BRANCH, message: 'Explore a forecast of rentals', files: { [NOTEBOOK]: notebook ?? '' } },
  ]);
  const number = await github.openPull(REPOSITORY, {
    head: BRANCH,
    base: 'main',
    title: 'Forecast bike rentals',
    body: 'A first model. Reads `data/` and trains two models.',
    as: WRITER,
  });
  say(`Pull request #${number}: ${github.url}/${REPOSITORY}/pull/${number}`);
  say('');
  say(title(`${WRITER} gives it the label "productionize"`));
  await github.label(REPOSITORY, number, 'productionize', WRITER);
  return number;
}

/** What can be done with what is left up. The tokens are worth nothing elsewhere. */
export function invitation(
  { url, tokens }: LocalGitHub,
  { asked, made, logFile }: { asked: number; made: number; logFile: string },
): string {
  const api = `${url}/api/v3/repos/${REPOSITORY}`;
  const curl = (login: string, rest: string): string =>
    `  curl -s -H 'authorization: token ${tokens[login]}' ${rest}`;
  const comment = (login: string, body: string): string =>
    curl(login, `-d '{"body": "${body}"}' ${api}/issues/${asked}/comments`);
  return [
    `Look at it: ${url}/${REPOSITORY}/pull/${asked} and ${url}/${REPOSITORY}/pull/${made}`,
    `Say something as ${WRITER}, or as ${STRANGER}, who may not ask for anything, and load the page again:`,
    comment(WRITER, '/architect help'),
    comment(STRANGER, '/architect run'),
    `Merge the package into the branch of the notebook, and try it:`,
    curl(WRITER, `-X PUT ${api}/pulls/${made}/merge`),
    `  git clone -b ${BRANCH} ${url}/${REPOSITORY}.git && cd ${REPOSITORY.split('/')[1]} && make install train evaluate test lint`,
    `The App's log, where dry runs tell what came of them: ${logFile}`,
  ].join('\n');
}

const README = '# Bikes\n\nRentals of one station, and what we make of them.\n';

function fixture(): Files {
  return Object.fromEntries(
    readdirSync(FIXTURE, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(FIXTURE, join(entry.parentPath, entry.name)).split('\\').join('/'))
      .sort()
      .map((path) => [path, readFileSync(join(FIXTURE, path), 'utf8')]),
  );
}
