import type { NotRun } from '../verify/verdict.ts';

/** Words for one reason why there is no proof. */
interface Reason {
  /** What happened, after `Not verified:`; lower case, no period. */
  what: string;
  /** What to do next, where the verdict does not say it. */
  next: string;
}

const AGAIN = 'then run Architect again';

const REASONS: Record<string, Reason> = {
  missing_module: {
    what: 'the notebook imports a module that could not be installed',
    next: `Name the distribution in a requirements.txt beside the notebook, or remove the import, ${AGAIN}.`,
  },
  local_module: {
    what: 'the notebook imports a module of yours that is not in the repository',
    next: `Commit the module beside the notebook, ${AGAIN}.`,
  },
  missing_data: {
    what: 'a file that the notebook reads is not where the notebook looks for it',
    next: `Put the file where the notebook reads it, or run Architect where the file lies (\`architect\` on the command line), ${AGAIN}.`,
  },
  removed_api: {
    what: 'the notebook was written for an older release of a library',
    next: `Pin the release that the notebook was written for in a requirements.txt, or change the call, ${AGAIN}.`,
  },
  hidden_state: {
    what: 'the notebook uses a name that no cell defines any more',
    next: `Define it in a cell before its use; "Restart and run all" must succeed, ${AGAIN}.`,
  },
  network: {
    what: 'the notebook needs the network while it runs, and there is none in the sandbox',
    next: `Download the data once, put it into the repository and read it from there, ${AGAIN}.`,
  },
  system_binary: {
    what: 'the notebook calls a program that the sandbox does not have',
    next: `Do its work in Python, or tag the cell \`skip\`, ${AGAIN}.`,
  },
  input: {
    what: 'the notebook waits for somebody to type',
    next: `Write the answer into the cell, ${AGAIN}.`,
  },
  display: {
    what: 'the notebook opens a window, and there is no screen in the sandbox',
    next: `Draw into the notebook or save figures to files, ${AGAIN}.`,
  },
  gpu: {
    what: 'the notebook needs a GPU, and there is none in the sandbox',
    next: `Choose the device by what is there, ${AGAIN}.`,
  },
  credentials: {
    what: 'the notebook needs keys or a login, and none are given to it',
    next: `Download once what they protect, put it into the repository and read it from there, ${AGAIN}.`,
  },
  out_of_memory: {
    what: 'the notebook needed more memory than it was given',
    next: `Raise the memory limit in the configuration, or let the notebook read a sample of the data, ${AGAIN}.`,
  },
  time_out: {
    what: 'the notebook took longer than it was given',
    next: `Raise the time limit in the configuration, or lower what costs time (epochs, candidates of a search), ${AGAIN}.`,
  },
  crash: {
    what: 'the Python process of the notebook died',
    next: `Look for a library that needs special hardware, or for too little memory, ${AGAIN}.`,
  },
  output: {
    what: 'the notebook printed more than the sandbox takes',
    next: `Print less in its loops, ${AGAIN}.`,
  },
  no_engine: {
    what: 'there is no container engine where Architect runs, and foreign code is not run without one',
    next: `Start Docker or Podman there, ${AGAIN}.`,
  },
  install: {
    what: 'the libraries of the notebook could not be installed together',
    next: `Pin versions that go together in a requirements.txt beside the notebook, ${AGAIN}.`,
  },
  static: { what: 'nothing was run, as asked', next: 'Run Architect without `--static` for the proof.' },
  syntax: { what: 'a cell of the notebook is not valid Python', next: `Mend the cell, ${AGAIN}.` },
  nothing_to_compare: {
    what: 'the notebook leaves no value that could be compared',
    next: `Print or save the result that matters, or name the model with \`--target\`, ${AGAIN}.`,
  },
  not_comparable: {
    what: 'the values of the notebook change from run to run',
    next: `Seed what is random (\`random_state=\`), ${AGAIN}.`,
  },
};

const OTHER: Reason = {
  what: 'the notebook does not run from top to bottom',
  next: `"Restart and run all" must succeed, ${AGAIN}.`,
};

/** What happened, the details as they were seen (foreign text), and what to do next. */
export interface UnverifiedText {
  what: string;
  details: string;
  next: string;
}

/** Words for a proof that was not run. */
export function renderUnverified(notRun: NotRun): UnverifiedText {
  const reason = REASONS[notRun.layer] ?? OTHER;
  return {
    what: reason.what,
    details: notRun.message,
    next: notRun.help.trim() === '' ? reason.next : notRun.help,
  };
}
