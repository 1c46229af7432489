import { parseArgs } from 'node:util';
import { messageOf, UsageError } from '../lib/errors.ts';
import { nearest } from '../lib/text.ts';

/** What the command line asks for. */
export type Command =
  | { kind: 'help'; json: false }
  | { kind: 'version'; json: false }
  | { kind: 'sandbox'; action: 'up' | 'status'; json: false }
  | { kind: 'config-check'; file: string | null; json: boolean }
  | { kind: 'pipeline-check'; file: string; json: boolean }
  | { kind: 'serve'; port: number | null; host: string | null; json: false }
  | {
      kind: 'productionize';
      json: boolean;
      notebook: string;
      out: string | null;
      static: boolean;
      target: string | null;
      config: string | null;
      /** Instead of the working tree's own. */
      pipeline: string | null;
    };

export const HELP = `architect turns a notebook into a Python package, and proves that it computes what the notebook computed.

Usage:
  architect productionize NOTEBOOK [--out DIR] [--static] [--target NAME] [--json] [--config FILE]
  architect sandbox up        bring up the container engine and the image that notebooks run in
  architect sandbox status    say whether notebooks can run here
  architect config check [FILE] [--json]
                              check .architect.yaml, .architect.md and ml-productionize.yaml, or one of them
  architect pipeline check FILE [--json]    check a pipeline file such as ml-productionize.yaml
  architect pipeline run FILE NOTEBOOK      as productionize, with its options, by the pipeline of this file
  architect serve [--port N] [--host H]    the GitHub App: settings come from the environment, see .env.example

  NOTEBOOK         a .ipynb file; modules and data of its working tree (git root, else its folder) are used
  --out DIR        where the package goes; default ./productionized/<name of the notebook>
  --static         run no code at all: no proof, no tests
  --target NAME    the model that the package is about, by its name in the notebook
  --json           print one JSON object, nothing else, on standard output
  --config FILE    settings; default: .architect.yaml at the root of the working tree
  --help           this text
  --version        the version

Exit codes: 0 verified; 3 written, but not verified; 4 refused, nothing written; 2 bad usage; 1 a failure of our own.
`;

const COMMANDS = ['productionize', 'sandbox', 'config', 'pipeline', 'serve'];
const OPTIONS = {
  out: { type: 'string' },
  static: { type: 'boolean' },
  target: { type: 'string' },
  json: { type: 'boolean' },
  config: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

function usage(message: string, help = 'See architect --help.'): UsageError {
  return new UsageError('usage', message, help);
}

/** Reads the command line; whatever it does not understand is an error with the nearest thing that it would. */
export function parseCommand(args: readonly string[]): Command {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
  } catch (error) {
    throw badOption(error, args);
  }
  const { values, positionals, tokens } = parsed;
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (seen.has(token.name)) throw usage(`--${token.name} is given twice.`);
    seen.add(token.name);
  }
  if (values.help === true || positionals[0] === 'help') return { kind: 'help', json: false };
  if (values.version === true) return { kind: 'version', json: false };
  const [name, ...rest] = positionals;
  if (name === undefined) throw usage('No command is given.', 'Try: architect productionize NOTEBOOK');
  if (name === 'sandbox') return sandboxCommand(rest, seen);
  if (name === 'config') return configCommand(rest, seen);
  if (name === 'pipeline' && rest[0] !== 'run') return pipelineCheck(rest, seen);
  if (name === 'serve') return serveCommand(rest, seen, values);
  if (seen.has('port') || seen.has('host')) throw usage('`--port` and `--host` belong to `architect serve`.');
  if (name === 'pipeline') {
    const [, file, ...notebooks] = rest;
    if (file === undefined || file === '')
      throw usage('The file of the pipeline is missing.', 'Try: architect pipeline run FILE NOTEBOOK');
    return runCommand(notebooks, values, file);
  }
  if (name === 'productionize') return runCommand(rest, values, null);
  const meant = nearest(name, COMMANDS);
  const help = name.endsWith('.ipynb') ? `Try: architect productionize ${name}` : undefined;
  throw usage(
    `There is no command \`${name}\`.`,
    help ?? (meant === undefined ? undefined : `Did you mean \`${meant}\`?`),
  );
}

/** Values of options, as they were read. */
interface RunValues {
  out?: string | undefined;
  target?: string | undefined;
  config?: string | undefined;
  static?: boolean | undefined;
  json?: boolean | undefined;
}

function runCommand(notebooks: readonly string[], values: RunValues, pipeline: string | null): Command {
  const [notebook, ...more] = notebooks;
  const example = pipeline === null ? 'productionize NOTEBOOK' : `pipeline run ${pipeline} NOTEBOOK`;
  if (notebook === undefined || notebook === '')
    throw usage('The notebook is missing.', `Try: architect ${example}`);
  if (more.length > 0) throw usage(`One notebook at a time: \`${more[0] ?? ''}\` is too much.`);
  for (const key of ['out', 'target', 'config'] as const) {
    if (values[key] === '') throw usage(`--${key} is empty.`);
  }
  return {
    kind: 'productionize',
    json: values.json ?? false,
    notebook,
    out: values.out ?? null,
    static: values.static ?? false,
    target: values.target ?? null,
    config: values.config ?? null,
    pipeline,
  };
}

function pipelineCheck(rest: readonly string[], seen: ReadonlySet<string>): Command {
  const [action, file, ...more] = rest;
  if (action !== 'check')
    throw usage('`architect pipeline` takes `check` or `run`.', 'Try: architect pipeline check FILE');
  const stray = [...seen].find((name) => name !== 'json');
  if (stray !== undefined) throw usage(`\`architect pipeline check\` does not take \`--${stray}\`.`);
  if (file === undefined || file === '')
    throw usage('The file of the pipeline is missing.', 'Try: architect pipeline check FILE');
  if (more.length > 0) throw usage(`One file at a time: \`${more[0] ?? ''}\` is too much.`);
  return { kind: 'pipeline-check', file, json: seen.has('json') };
}

function sandboxCommand(rest: readonly string[], seen: ReadonlySet<string>): Command {
  const [action, ...more] = rest;
  const stray = [...seen][0] ?? more[0];
  if (action !== 'up' && action !== 'status') throw usage('`architect sandbox` takes `up` or `status`.');
  if (stray !== undefined) throw usage(`\`architect sandbox ${action}\` does not take \`${stray}\`.`);
  return { kind: 'sandbox', action, json: false };
}

function configCommand(rest: readonly string[], seen: ReadonlySet<string>): Command {
  const [action, file, ...more] = rest;
  if (action !== 'check')
    throw usage('`architect config` takes `check`.', 'Try: architect config check [FILE]');
  const stray = [...seen].find((name) => name !== 'json');
  if (stray !== undefined) throw usage(`\`architect config check\` does not take \`--${stray}\`.`);
  if (more.length > 0) throw usage(`One file at a time: \`${more[0] ?? ''}\` is too much.`);
  if (file === '') throw usage('The name of the file is empty.');
  return { kind: 'config-check', file: file ?? null, json: seen.has('json') };
}

function serveCommand(
  rest: readonly string[],
  seen: ReadonlySet<string>,
  { port, host }: { port?: string | undefined; host?: string | undefined },
): Command {
  const stray = [...seen].find((option) => option !== 'port' && option !== 'host') ?? rest[0];
  if (stray !== undefined) throw usage(`\`architect serve\` does not take \`${stray}\`.`);
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536))
    throw usage('--port needs a number from 0 to 65535.');
  return { kind: 'serve', port: port === undefined ? null : Number(port), host: host ?? null, json: false };
}

function badOption(error: unknown, args: readonly string[]): UsageError {
  const message = messageOf(error);
  const unknown = /^Unknown option '(--?[^']*)'/.exec(message)?.[1];
  if (unknown !== undefined) {
    const meant = nearest(unknown.replace(/^-+/, ''), Object.keys(OPTIONS));
    return usage(
      `There is no option \`${unknown}\`.`,
      meant === undefined ? undefined : `Did you mean \`--${meant}\`?`,
    );
  }
  const wanting = /^Option '(?:-\w, )?(--[a-z]+)[^']*' (argument missing|argument is ambiguous)/.exec(
    message,
  )?.[1];
  if (wanting !== undefined) return usage(`${wanting} needs a value.`);
  return usage((message.split('\n')[0] ?? '') || `The command line is not understood: ${args.join(' ')}`);
}
