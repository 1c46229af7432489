import { posix } from 'node:path';
import { distributionOf } from '../knowledge/distributions.ts';
import type { Drift } from '../knowledge/find-drift.ts';
import { usualImport } from '../knowledge/usual-imports.ts';
import type { Source } from '../lib/source.ts';
import { listed } from '../lib/text.ts';
import type { RunError } from '../notebook/observation.ts';
import { requirementsPaths } from './own-requirements.ts';

/** What is known of a statement that failed. */
export interface Failure {
  error: RunError;
  drift: Drift | undefined;
  /** `cell 3, line 2` */
  where: string;
  source: Source;
  /** What is installed, by distribution. */
  versions: Readonly<Record<string, string>>;
}

const AGAIN = 'then run this again.';

/** What to do, by layer of the error, where no more is known of it. */
const HELP: Record<string, string> = {
  local_module: `Put the module beside the notebook, in the same working tree; ${AGAIN}`,
  hidden_state:
    'The cell that defined the name is gone: define it in the notebook, and check with "Restart and run all".',
  network: `Notebooks run without network: download the data once, place it in the working tree, and read it from there; ${AGAIN}`,
  system_binary: 'It is not in the sandbox: do its work in Python, or leave the cell out.',
  input: `Nobody is there to type: put the answer in the place of the \`input()\` call; ${AGAIN}`,
  display: 'There is no screen: draw into the notebook (`%matplotlib inline`) or save the figure to a file.',
  gpu: "There is no GPU: choose the device by what is there (`'cuda' if torch.cuda.is_available() else 'cpu'`), and load with `map_location='cpu'`.",
  credentials: `No keys are given to notebooks: download what they protect once, place it in the working tree, and read it from there; ${AGAIN}`,
  out_of_memory:
    'Give the run more memory (`limits: {memory: 8192}` in `.architect.yaml`, in MiB), or sample the data.',
  time_out:
    'Give the run more time (`limits: {seconds: 1800}` in `.architect.yaml`), or make the cell end sooner.',
  crash:
    'Look for a library that needs special hardware, or for too little memory (`limits: {memory: 8192}`).',
  output: `Print less in its loops; ${AGAIN}`,
};

/** What to do where nothing is known of the failure. */
export const MAKE_IT_RUN = `Make the notebook run from top to bottom ("Restart and run all"), ${AGAIN}`;

/** What a user can do about a failure, with the file, the cell and the line to change. */
export function adviceFor(layer: string, failure: Failure): string {
  if (failure.drift !== undefined) return driftAdvice(failure.drift, failure);
  if (layer === 'missing_module') return moduleAdvice(failure);
  if (layer === 'missing_data') return dataAdvice(failure);
  if (layer === 'removed_api') return removedAdvice(failure);
  const { subject } = failure.error;
  const name = /^name '(\w+)' is not defined/.exec(failure.error.message)?.[1];
  const usual = layer === 'hidden_state' && name !== undefined ? usualImport(name) : undefined;
  if (usual !== undefined) return `Write \`${usual}\` into the first cell; ${AGAIN}`;
  if (layer === 'network' && subject !== undefined)
    return HELP['network']!.replace('the data once', `\`${subject}\` once`);
  return HELP[layer] ?? MAKE_IT_RUN;
}

function driftAdvice({ distribution, since, change, instead, pin }: Drift, failure: Failure): string {
  const when = since === '0.0' ? '' : `Since ${distribution} ${since} `;
  const back =
    pin === null
      ? 'No release before has a wheel for the Python of the sandbox.'
      : `Or keep the code and write \`${pin}\` into \`${requirementsOf(failure.source)}\`.`;
  const what = when === '' ? `${change[0]?.toUpperCase() ?? ''}${change.slice(1)}` : `${when}${change}`;
  return `${what}. In ${failure.where} ${instead}; ${AGAIN} ${when === '' ? '' : back}`.trim();
}

function removedAdvice({ error, where, source, versions }: Failure): string {
  const distribution = error.library === undefined ? null : distributionOf(error.library);
  const version = distribution === null ? undefined : versions[distribution];
  if (distribution === null || version === undefined)
    return `Change the call in ${where} to what current releases offer; ${AGAIN}`;
  return (
    `The notebook ran with ${distribution} ${version}: change ${where} to what that offers, or write the release that the notebook was ` +
    `made with (\`${distribution}==...\`) into \`${requirementsOf(source)}\`; ${AGAIN}`
  );
}

function moduleAdvice({ error, where, source }: Failure): string {
  const module = error.subject?.split('.')[0];
  const file = `\`${requirementsOf(source)}\``;
  const name = module === undefined ? null : distributionOf(module);
  if (module === undefined || name === null)
    return `Write the name of the distribution into ${file}, or take the import out of ${where}; ${AGAIN}`;
  return (
    `Write the distribution that brings \`${module}\` into ${file} (\`${name}\`, unless it has another name); if it is a file of yours, ` +
    `put \`${module}.py\` beside the notebook; or take the import out of ${where}; ${AGAIN}`
  );
}

function dataAdvice({ error, where, source }: Failure): string {
  const file = error.subject;
  if (file === undefined) return `Put the file that ${where} reads into the working tree; ${AGAIN}`;
  const name = file.split(/[/\\]/).at(-1) ?? file;
  const folder = posix.dirname(source.path);
  const found = source.files
    .map(({ path }) => path)
    .filter((path) => name !== '' && posix.basename(path).toLowerCase() === name.toLowerCase());
  if (found.length > 0) {
    const paths = found.map((path) => `\`${posix.relative(folder === '.' ? '' : folder, path)}\``);
    return `The repository has a file of that name: read ${listed(paths)} in ${where} (a path from the notebook's folder); ${AGAIN}`;
  }
  const place = posix.isAbsolute(file) || /^[A-Za-z]:/.test(file) ? name : file;
  return `Put the file into the working tree, and read it in ${where} by a path from the notebook's folder (\`${place}\`); ${AGAIN}`;
}

/** The requirements file that decides for a notebook: the nearest one, else one beside it. */
function requirementsOf({ path, files }: Source): string {
  const paths = requirementsPaths(path);
  return paths.find((one) => files.some((file) => file.path === one)) ?? paths[0]!;
}
