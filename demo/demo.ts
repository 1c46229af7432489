/** `npm run demo`: a local GitHub, the App, a repository with a notebook, a label, and the pull request that comes of it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalGitHub } from '../local-github/index.ts';
import { EXIT } from '../src/config/output.ts';
import { messageOf } from '../src/lib/errors.ts';
import { startApp } from './app-process.ts';
import { followRun } from './follow-run.ts';
import { readAnswer, readPullRequest } from './pull-request.ts';
import { hold, say, title } from './screen.ts';
import { showAnswer, showPullRequest, summary } from './show.ts';
import { invitation, OWNER, openNotebook, REPOSITORY, STRANGER, WRITER } from './story.ts';

const HELP = `Starts a GitHub on this machine and the App beside it, pushes a repository with a notebook and its data, labels a pull
request, and shows the pull request that Architect opens.

Usage: npm run demo [-- --keep]

  --keep    leave GitHub and the App running, to be looked at in a browser, until Ctrl-C

Exit codes: 0 the package is verified, 3 it is not, 4 no pull request came of it, 1 a failure of our own.
`;

async function main(args: string[]): Promise<number> {
  let options: { keep: boolean; help: boolean };
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${HELP}`);
    return EXIT.usage;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  return play(options.keep);
}

function readOptions(args: string[]): { keep: boolean; help: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return values;
}

/** The whole story; whatever happens, nothing of it stays. */
async function play(keep: boolean): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'architect-demo-'));
  const began = performance.now();
  say(title('A GitHub on this machine, and the App'));
  const github = await startLocalGitHub({
    users: [OWNER, WRITER, STRANGER],
    organisations: { [OWNER]: { members: { [WRITER]: 'admin' } } },
    repositories: [{ name: REPOSITORY }],
  });
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  let app: Awaited<ReturnType<typeof startApp>> | undefined;
  try {
    const state = join(scratch, 'state');
    mkdirSync(state);
    const logFile = join(scratch, 'app.log');
    app = await startApp(github, { state, logFile }, stop.signal);
    github.deliverTo(`${app.url}/api/github/webhooks`);
    say(`GitHub   ${github.url}    (an emulator with real git; nothing leaves this machine)`);
    say(`The App  ${app.url}`);
    const asked = await openNotebook(github, join(scratch, 'clone'));
    const number = await followRun(github, asked, stop.signal);
    if (number === undefined) return EXIT.refused;
    const pull = await readPullRequest(github, number);
    showPullRequest(pull);
    showAnswer(await readAnswer(github, asked), asked);
    say(summary(pull, performance.now() - began));
    if (keep) await hold(invitation(github, { asked, made: number, logFile }), stop.signal);
    else say('It was all temporary. To look at it in a browser: npm run demo -- --keep');
    return pull.draft ? EXIT.unverified : 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await app?.close();
    await github.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

// Who reads our output may go before we are done (`| head`): that is no failure.
process.stdout.on('error', () => process.exit(EXIT.failure));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = EXIT.failure;
}
