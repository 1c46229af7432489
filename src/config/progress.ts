import { duration, printable } from '../lib/text.ts';
import type { StepEvent } from '../runs/step.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const TICK = 100;

/** What a step is called on the terminal. */
const TITLES: Record<string, string> = {
  fetch: 'Read the working tree',
  observe: 'Run the notebook, watched',
  extract: 'Find what matters',
  structure: 'Divide it into functions',
  harden: 'Write the package',
  test: 'Write its tests',
  'pipeline-config': 'Write its pipeline',
  verify: 'Prove it',
  'prove-model': 'Prove what the model changed',
  report: 'Write the report',
  publish: 'Put it in its folder',
};

/** Shows on standard error how far a run is. */
export interface Progress {
  step(event: StepEvent): void;
  /** What the current step does at the moment. */
  say(text: string): void;
  /** Takes the moving line away. */
  stop(): void;
}

/** Where progress is written: a terminal gets a line that moves, anything else one line for each event. */
export interface ProgressStream {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

/** Follows a run. */
export function createProgress(stream: ProgressStream): Progress {
  return stream.isTTY === true ? liveProgress(stream) : plainProgress(stream);
}

/** What a step is called for people. */
export function titleOf(name: string): string {
  const [base = name, round] = name.split('#');
  const asked = /^ask-(.+)$/.exec(base)?.[1];
  const title = asked === undefined ? (TITLES[base] ?? base) : `Ask the model: ${asked}`;
  return round === undefined ? title : `${title}, once more`;
}

type Finished = StepEvent & { kind: 'finished' };

function finished(event: Finished): string {
  if (event.leftOut !== undefined) return `${titleOf(event.name)} (${event.leftOut})`;
  return event.resumed
    ? `${titleOf(event.name)} (done before)`
    : `${titleOf(event.name)} (${duration(event.milliseconds)})`;
}

function plainProgress(stream: ProgressStream): Progress {
  const line = (text: string): void => void stream.write(`${printable(text)}\n`);
  return {
    step: (event) => {
      if (event.kind === 'started') line(`${titleOf(event.name)} ...`);
      else if (event.kind === 'finished')
        line(`  ${event.leftOut === undefined ? 'done' : 'left out'}: ${finished(event)}`);
      else line(`  stopped: ${titleOf(event.name)} (${duration(event.milliseconds)})`);
    },
    say: (text) => line(`  ${text}`),
    stop: () => undefined,
  };
}

function liveProgress(stream: ProgressStream): Progress {
  let current: { title: string; detail: string; start: number } | undefined;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const clear = (): void => void stream.write('\r\u001b[2K');
  const draw = (): void => {
    if (current === undefined) return;
    frame = (frame + 1) % FRAMES.length;
    const detail = current.detail === '' ? '' : `: ${current.detail}`;
    const text = `${FRAMES[frame] ?? ''} ${current.title}${detail} (${duration(performance.now() - current.start)})`;
    clear();
    stream.write(printable(text).slice(0, (stream.columns ?? 80) - 1));
  };
  const end = (text: string): void => {
    clearInterval(timer);
    timer = undefined;
    current = undefined;
    clear();
    if (text !== '') stream.write(`${printable(text)}\n`);
  };
  return {
    step: (event) => {
      if (event.kind === 'started') {
        current = { title: titleOf(event.name), detail: '', start: performance.now() };
        draw();
        timer = setInterval(draw, TICK);
        // A spinner must not keep the process alive.
        timer.unref();
      } else if (event.kind === 'finished')
        end(`${event.leftOut === undefined ? '✓' : '– left out:'} ${finished(event)}`);
      else end(`✗ ${titleOf(event.name)} (${duration(event.milliseconds)})`);
    },
    say: (text) => {
      if (current !== undefined) current.detail = text;
      draw();
    },
    stop: () => end(''),
  };
}
