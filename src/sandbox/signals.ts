const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `clean` when this process is told to stop, then lets it stop.
 * Who else listens to the signal decides when: we end the process only when nobody else would.
 * @returns takes the listeners away again
 */
export function onStop(clean: () => Promise<void>): () => void {
  const remove = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
  };
  const stop = (signal: NodeJS.Signals): void => {
    remove();
    const others = process.listenerCount(signal) > 0;
    void clean()
      .catch(() => undefined)
      .then(() => {
        if (!others) process.kill(process.pid, signal);
      });
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return remove;
}
