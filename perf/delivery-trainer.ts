import { connect } from 'node:http2';
import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import { linksOf, Walks } from './support/walks';

/** Fonts that the pages of a site use; only a browser that knows the styles finds them. */
const fonts: Readonly<Record<string, readonly string[]>> = {
  shop: ['fa-solid-900', 'fa-regular-400'].map(
    (name) => `/assets/vendor/fontawesome-free/webfonts/${name}.woff2`,
  ),
  'admin-lte': ['/plugins/fontawesome-free/webfonts/fa-solid-900.woff2'],
};

const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36';

/** A visitor with one connection and a cache that keeps everything but pages. */
class Trainee {
  readonly #session: ClientHttp2Session;
  readonly #authority: string;
  readonly #kept = new Set<string>();

  constructor(origin: string) {
    this.#session = connect(origin, { rejectUnauthorized: false });
    this.#authority = new URL(origin).host;
  }

  async look(site: string, path: string, from: string | undefined): Promise<string> {
    const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const html = await this.#get(path, from, navigation);
    const resources: [string, string][] = [
      ...targets(html, /<link[^>]+rel="stylesheet"[^>]*>/g, 'href', path, 'style'),
      ...targets(html, /<script[^>]+src="[^>]*>/g, 'src', path, 'script'),
      ...targets(html, /<img(?![^>]*loading="lazy")[^>]+>/g, 'src', path, 'image'),
      ...(fonts[site] ?? []).map((font): [string, string] => [font, 'font']),
    ];
    for (const [target, dest] of resources) {
      if (this.#kept.has(target)) continue;
      this.#kept.add(target);
      const mode = dest === 'font' ? 'cors' : 'no-cors';
      await this.#get(target, path, { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest });
    }
    return html;
  }

  close(): void {
    this.#session.close();
  }

  async #get(
    path: string,
    from: string | undefined,
    headers: OutgoingHttpHeaders,
  ): Promise<string> {
    const request = this.#session.request({
      ':path': path,
      'user-agent': agent,
      accept: 'text/html,*/*',
      ...(path.includes('.') && !path.endsWith('.html') && { 'accept-encoding': 'gzip, br' }),
      'sec-fetch-site': from === undefined ? 'none' : 'same-origin',
      ...(from !== undefined && { referer: `https://${this.#authority}${from}` }),
      ...headers,
    });
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += String(part);
    return body;
  }
}

function targets(
  html: string,
  tags: RegExp,
  attribute: string,
  page: string,
  dest: string,
): [string, string][] {
  const value = new RegExp(`\\s${attribute}="([^"]+)"`);
  return [...html.matchAll(tags)]
    .map(([tag]) => new URL(value.exec(tag)?.[1] ?? '/', `https://site.test${page}`))
    .filter(({ host, pathname }) => host === 'site.test' && pathname !== '/')
    .map(({ pathname }) => [pathname, dest]);
}

/** Visitors that are there at a time. */
const together = 8;

/** Walks like visitors and tells, as a line of JSON, every way that was gone. */
async function main([
  site = '',
  origin = '',
  start = '/',
  visitors,
  pages,
  seed,
]: string[]): Promise<void> {
  const visit = async (number: number): Promise<string[]> => {
    // Each by chances of its own, so that the ways do not depend on who is faster.
    const walks = new Walks(site, Number(seed) * 10_000 + number);
    const one = new Trainee(origin);
    const way: string[] = [];
    let path: string | undefined = start;
    while (path !== undefined && way.length < Number(pages)) {
      const html: string = await one.look(site, path, way.at(-1));
      way.push(path);
      path = walks.next(path, linksOf(html, path));
    }
    one.close();
    return way;
  };
  const gone: string[][] = [];
  while (gone.length < Number(visitors)) {
    const count = Math.min(together, Number(visitors) - gone.length);
    const numbers = Array.from({ length: count }, (_, index) => gone.length + index);
    gone.push(...(await Promise.all(numbers.map(visit))));
  }
  process.stdout.write(`${JSON.stringify(gone)}\n`);
}

void main(process.argv.slice(2));
