import type { HeadstartServer, ShutdownOptions } from './create-server';

/**
 * Shuts `server` down when the process is told to end (SIGTERM, SIGINT); the process then ends by
 * itself, once nothing else keeps it. A second signal ends it at once.
 *
 * @returns A function that takes the handlers away again.
 */
export function shutdownOnSignal(server: HeadstartServer, options?: ShutdownOptions): () => void {
  const onSignal = () => {
    stop();
    void server.shutdown(options);
  };
  const stop = () => {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return stop;
}
