import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runTool } from './support/run-tool';

jest.setTimeout(60_000);

type Shop = ChildProcessByStdio<null, Readable, Readable>;

const root = join(__dirname, '../..');

/** Starts the shop as `npm start` does, but on the sources. */
function start(port: number, ...flags: string[]): Shop {
  return spawn(process.execPath, ['--import', 'tsx', 'examples/shop/server.ts', ...flags], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      TSX_TSCONFIG_PATH: join(__dirname, 'support/tsconfig.source.json'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Everything printed up to and with `last`. */
function printedUntil({ stdout }: Shop, last: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    stdout.on('data', (chunk) => {
      printed += String(chunk);
      if (printed.includes(last)) resolve(printed);
    });
    stdout.on('end', () => reject(new Error(`the shop ended after: ${printed}`)));
  });
}

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function freePort(): Promise<number> {
  const { server, port } = await listen();
  server.close();
  await once(server, 'close');
  return port;
}

describe('examples/shop/server.ts', () => {
  it.each([
    ['with headstart', [], 'headstart  on'],
    ['with --plain', ['--plain'], 'headstart  off'],
  ])('%s serves until it is told to end', async (_title, flags, says) => {
    const port = await freePort();
    const shop = start(port, ...flags);
    const ended = once(shop, 'exit');
    try {
      const printed = await printedUntil(shop, 'Open a page');
      expect(printed).toContain(`https://localhost:${port}/`);
      expect(printed).toContain(says);
      expect(printed).toMatch(/spki-list=[A-Za-z0-9+/]{43}= /);

      const page = await runTool('curl', ['-sSk', `https://localhost:${port}/help`], 'curl');
      expect(page.toString()).toContain('Questions, answered.');
    } finally {
      shop.kill('SIGTERM');
    }
    expect(await ended).toEqual([0, null]);
  });

  it('says in one line that its port is in use', async () => {
    const { server, port } = await listen();
    const shop = start(port);
    const [[code], complaint] = await Promise.all([once(shop, 'exit'), text(shop.stderr)]);
    server.close();
    expect(code).toBe(1);
    expect(complaint).toBe(`Port ${port} is in use; choose another one: PORT=${port + 1}\n`);
  });
});
