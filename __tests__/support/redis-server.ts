import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './free-port';

/** Debian's redis-server on a free port of loopback, without files. */
export class RedisServer {
  readonly port: number;
  #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  static async start(): Promise<RedisServer> {
    const port = await freePort();
    return new RedisServer(port, await launch(port));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Ends it; what it held is lost. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  /** Starts an empty one on the same port. */
  async startAgain(): Promise<void> {
    this.#process = await launch(this.port);
  }
}

async function launch(port: number): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  server.on('error', (error) => {
    throw new Error('redis-server is missing; on Debian: apt-get install redis-server', {
      cause: error,
    });
  });
  // Read to the end, or the pipe would fill.
  await new Promise<void>((resolve) => {
    server.stdout.on('data', (text) => {
      if (String(text).includes('Ready to accept connections')) resolve();
    });
  });
  return server;
}
