import { readFileSync } from 'node:fs';
import { sites } from './support/sites';
import { variants } from './support/site-variants';

/** Serves one site in one way: `page-load-server.ts SITE VARIANT PORT THINK_MS CERT KEY`. */
function serve([siteName = '', variant = '', port, thinkMs, cert = '', key = '']: string[]): void {
  const site = sites[siteName];
  const create = variants[variant];
  if (site === undefined || create === undefined) {
    throw new Error(`no site ${siteName} or no variant ${variant}`);
  }
  const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  create({ site, thinkMs: Number(thinkMs), tls }).listen(Number(port));
}

serve(process.argv.slice(2));
