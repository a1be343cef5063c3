import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import express from 'express';
import type { Express } from 'express';
import type { SiteOptions } from './sites';

const version = '3.2.0';
const folder = join(__dirname, '..', '..', 'node_modules', '.cache', 'headstart', 'admin-lte');
const root = join(folder, 'node_modules', 'admin-lte');

interface Plugin {
  readonly from: string;
  readonly to: string;
}

/** Fetches AdminLTE and the libraries that its pages use from the registry, once. */
export function installAdminLte(): void {
  if (existsSync(root)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...options, `admin-lte@${version}`], { cwd: folder });
}

/** The demonstration pages of AdminLTE as a server would make them, with assets of 3 to 4 MB each. */
export function adminLte({ first, compress, thinkMs }: SiteOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  if (first !== undefined) app.use(first);
  app.use(compress);
  for (const [path, page] of pages()) {
    app.get(path, (_req, res) => {
      setTimeout(() => res.set('Cache-Control', 'no-cache').type('html').send(page), thinkMs);
    });
  }
  const files = { maxAge: '1d', index: false } as const;
  const plugins = createRequire(join(root, 'package.json'))('./build/npm/Plugins.js') as Plugin[];
  for (const { from, to } of plugins) {
    const path = join(folder, from);
    if (existsSync(path)) app.use(`/${to}`, express.static(path, files));
  }
  app.use(express.static(root, files));
  return app;
}

/** Without the script of the demonstration, which stops every page with an alert. */
function pageOf(path: string): string {
  return readFileSync(path, 'utf8').replace(/<script src="[^"]*\/demo\.js"><\/script>/, '');
}

/** Every page by its path, from memory: a template engine would have taken the time to think. */
function pages(): readonly (readonly [string, string])[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.html'))
    .map((name) => join(root, name))
    .map((path) => [`/${relative(root, path).split(sep).join('/')}`, pageOf(path)]);
}
