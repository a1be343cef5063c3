import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { createServer, multiplexing } from 'headstart';
import { createShop } from '../examples/shop/app';
import { serveMeasured } from './support/measured-server';

/** Large bodies in every way that Express sends them, and the shop: `ours` or `plain`. */
function serve(kind: string, protocol: string): void {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const first = kind === 'ours' ? multiplexing() : undefined;
  if (first !== undefined) app.use(first);
  const folder = mkdtempSync(join(tmpdir(), 'headstart-perf-'));
  for (const megabytes of [1, 10]) {
    const body = Buffer.alloc(megabytes * 1_000_000, 'x');
    const file = join(folder, `${megabytes}.bin`);
    writeFileSync(file, body);
    app.get(`/end/${megabytes}`, (_req, res) => void res.end(body));
    app.get(`/file/${megabytes}`, (_req, res) => res.sendFile(file));
  }
  app.use(createShop({ databaseMs: 0 }));
  serveMeasured(createServer(app, { tls: protocol === 'tls' }));
}

const [, , kind = 'ours', protocol = 'h2c'] = process.argv;
serve(kind, protocol);
