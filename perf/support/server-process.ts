import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Usage } from './measured-server';

/** A server in a process of its own, so that nobody else's work is counted as its own. */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts `file`, which calls `serveMeasured`, and waits until it listens. */
  static async start(file: string, args: readonly string[]): Promise<ServerProcess> {
    const child = fork(file, args, { execArgv: ['--import', 'tsx'] });
    const { port } = await reply<{ port: number }>(child);
    return new ServerProcess(child, port);
  }

  async usage(): Promise<Usage> {
    const answer = reply<Usage>(this.#child);
    this.#child.send('usage');
    return answer;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

function reply<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = (code: number | null) =>
      reject(new Error(`the server process ended with ${code}`));
    child.once('exit', stopped);
    child.once('message', (message) => {
      child.off('exit', stopped);
      resolve(message as T);
    });
  });
}
