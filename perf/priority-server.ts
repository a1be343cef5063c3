import { readFileSync } from 'node:fs';
import express from 'express';
import { createServer, multiplexing, priority } from 'headstart';
import type { Middleware } from 'headstart';

/** Urgencies of a route that knows better than a client that says nothing. */
const routes: Readonly<Record<string, Middleware>> = {
  '.css': priority({ urgency: 0 }),
  '.js': priority({ urgency: 1 }),
  '.bin': priority({ urgency: 6 }),
};

/** What netlab's `prio-bench` gives the servers it measures. */
function setting(name: 'DOCROOT' | 'CERT' | 'KEY' | 'PORT'): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** Serves DOCROOT: `plain`, `ours`, or `routes` with priorities by route too. */
function serve(kind: string): void {
  const app = express();
  if (kind !== 'plain') app.use(multiplexing());
  if (kind === 'routes') {
    for (const [ending, middleware] of Object.entries(routes)) {
      app.get(new RegExp(`\\${ending}$`), middleware);
    }
  }
  app.get('/large', (_req, res) => {
    res.end(Buffer.alloc(10_000_000));
  });
  app.post('/upload', (req, res) => {
    req.resume().on('end', () => res.end());
  });
  app.use(express.static(setting('DOCROOT')));
  const files = { cert: readFileSync(setting('CERT')), key: readFileSync(setting('KEY')) };
  createServer(app, files).listen(Number(setting('PORT')));
}

serve(process.argv[2] ?? 'ours');
