/** Says in words why uv did not install. */
export function explain(log: string): string {
  return log.trim().split('\n').slice(-8).join(' ');
}
