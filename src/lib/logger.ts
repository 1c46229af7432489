import { type Logger, pino } from 'pino';
import type { Secrets } from './secrets.ts';

/** The server's log: JSON lines. */
export type Log = Logger;

/**
 * Opens the log. Every line passes the list of secrets, whoever wrote it.
 * @param write where lines go; standard output if nobody names another place
 */
export function createLog(
  secrets: Secrets,
  { level = 'info', write }: { level?: string; write?: (line: string) => void } = {},
): Log {
  const out = write ?? ((line: string): void => void process.stdout.write(line));
  return pino({ level, base: null }, { write: (line: string) => out(secrets.hide(line)) });
}
