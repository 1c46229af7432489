/** What the demo writes to the terminal. */

const hasColor = (): boolean =>
  process.stdout.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
const styled = (text: string, code: number): string =>
  hasColor() ? `\u001b[${code}m${text}\u001b[0m` : text;

export const dim = (text: string): string => styled(text, 2);
export const title = (text: string): string => styled(`== ${text}`, 7);
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
/** Columns and colours for rendered Markdown. */
export const terminal = (): { width: number; color: boolean } => ({
  width: Math.min(process.stdout.columns ?? 100, 120),
  color: hasColor(),
});

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Waits for Ctrl-C. */
export async function hold(words: string, signal: AbortSignal): Promise<void> {
  say(`\n${words}\nCtrl-C ends it all.`);
  if (signal.aborted) return;
  // A timer keeps the process alive where nothing else does.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  clearInterval(alive);
}
