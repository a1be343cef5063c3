import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createServer, headstart, shutdownOnSignal } from 'headstart';
import { createShop } from './app';
import { certificatePin } from './certificate-pin';
import { narrate } from './narrator';

const { values } = parseArgs({ options: { plain: { type: 'boolean', default: false } } });
const port = numberFromEnvironment('PORT', 8443);
const databaseMs = numberFromEnvironment('SHOP_DB_MS', 40);

// On one machine all private windows are the same visitor, so here one has to be enough.
const faster = values.plain ? undefined : headstart({ serverPush: { minClients: 1 } });
const server = createServer(createShop({ databaseMs, ...(faster && { first: faster }) }));
shutdownOnSignal(server, { graceMs: 3000 });

server.on('error', (error: NodeJS.ErrnoException) => {
  const inUse = `Port ${port} is in use; choose another one: PORT=${port + 1}`;
  console.error(error.code === 'EADDRINUSE' ? inUse : error.message);
  process.exit(1);
});

server.listen(port, 'localhost', () => {
  void greet();
});

if (faster?.serverPush !== undefined) {
  narrate(faster.serverPush.manager, (line) => console.log(line));
}

async function greet(): Promise<void> {
  const url = `https://localhost:${port}/`;
  console.log(`Northlight is open: ${url}
  headstart  ${faster ? 'on; --plain runs the same shop without it' : 'off, plain Express'}
  database   simulated: every query waits ${databaseMs} ms (SHOP_DB_MS)
  browser    the certificate is self-signed, so every browser warns once ("Advanced", "Proceed").
             To such pages Chrome keeps no files and takes no early hints. To see them, start it so:

  chromium --user-data-dir=${join(tmpdir(), 'northlight')} --ignore-certificate-errors-spki-list=${await certificatePin(port)} ${url}

Open a page, then open it again in a private window: below is what was learned and given.
(One view in 16 is given nothing, so that what nobody needs any more can be noticed.)
`);
}

function numberFromEnvironment(name: string, fallback: number): number {
  const text = process.env[name] ?? String(fallback);
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value;
  console.error(`${name} must be a whole number from 0 to 65535, got ${text}.`);
  return process.exit(1);
}
