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
    const child = fork(file, args, { execArgv: file.endsWith('.ts') ? process.execArgv : [] });
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
    const onMessage = (message: unknown) => {
      child.off('exit', onExit);
      resolve(message as T);
    };
    const onExit = (code: unknown) => {
      child.off('message', onMessage);
      reject(new Error(`the server process ended with ${String(code)}`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}
