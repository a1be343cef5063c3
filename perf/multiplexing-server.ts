import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { createServer, multiplexing } from 'headstart';
import { createShop } from '../examples/shop/app';
import { serveMeasured } from './support/measured-server';

/** The shop as it is served by itself: mounted in another app each of its responses would cost more. */
function shop(kind: string): Express {
  return createShop({ databaseMs: 0, ...(kind === 'ours' && { first: multiplexing() }) });
}

/** Large bodies in every way that Express sends them. */
function largeBodies(kind: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (kind === 'ours') app.use(multiplexing());
  const folder = mkdtempSync(join(tmpdir(), 'headstart-perf-'));
  for (const megabytes of [1, 10]) {
    const body = Buffer.alloc(megabytes * 1_000_000, 'x');
    const file = join(folder, `${megabytes}.bin`);
    writeFileSync(file, body);
    app.get(`/end/${megabytes}`, (_req, res) => void res.end(body));
    app.get(`/file/${megabytes}`, (_req, res) => res.sendFile(file));
  }
  return app;
}

const [, , kind = 'ours', protocol = 'h2c', content = 'shop'] = process.argv;
const app = content === 'shop' ? shop(kind) : largeBodies(kind);
serveMeasured(createServer(app, { tls: protocol === 'tls' }));
