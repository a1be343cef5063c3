import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { generate } from 'selfsigned';
import type { Visit } from './page-load-visitor';
import { describeMachine } from './support/machine';
import { loadNetLab } from './support/net-lab';
import type { NetLab } from './support/net-lab';
import { sites } from './support/sites';
import { median, spread } from './support/statistics';
import { printTable } from './support/table';

/**
 * How soon pages are there in Chromium, with an empty cache, over netlab's emulated lines. Servers
 * take turns, visit by visit. Needs root, Debian's chromium and a built package.
 *
 *     npm run perf:page-load -- --sites admin-lte --profiles 4g --variants plain,headstart --rounds 9
 */
const { values } = parseArgs({
  options: {
    sites: { type: 'string', default: 'shop,admin-lte' },
    profiles: { type: 'string', default: '4g,cable' },
    variants: { type: 'string', default: 'plain,headstart' },
    /** Visits that count, of each page of each variant. */
    rounds: { type: 'string', default: '9' },
    /** Visits before, from which the server may learn. */
    warmup: { type: 'string', default: '3' },
    /** Pages of each site, the first ones. */
    pages: { type: 'string', default: '1' },
    'think-ms': { type: 'string', default: '40' },
    json: { type: 'boolean', default: false },
  },
});

interface Server {
  readonly variant: string;
  readonly port: number;
}

const firstPort = 8443;

async function main(): Promise<void> {
  const NetLabHere = loadNetLab();
  if (typeof NetLabHere === 'string') return console.log(`Not measured: ${NetLabHere}.`);
  console.log(describeMachine());
  const work = mkdtempSync(join(tmpdir(), 'page-load-'));
  try {
    await writeCertificate(work);
    for (const site of listed(values.sites)) {
      sites[site]?.prepare();
      for (const profile of listed(values.profiles)) {
        const lab = NetLabHere.up({ profile });
        try {
          await measure(lab, work, site, profile);
        } finally {
          lab.down();
        }
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function measure(lab: NetLab, work: string, site: string, profile: string): Promise<void> {
  const servers = listed(values.variants).map((variant, at) => ({ variant, port: firstPort + at }));
  for (const server of servers) await startServer(lab, work, site, server);
  const browser = lab.spawn('client', process.execPath, script('page-load-visitor.ts', work, lab), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const ask = asker(browser);
    for (const path of (sites[site]?.paths ?? []).slice(0, Number(values.pages))) {
      const visits = await visitInTurn(servers, path, (port) =>
        ask(`https://${lab.serverIp}:${port}${path}`),
      );
      report(`${site}${path} over ${profile}`, visits);
    }
  } finally {
    browser.stdin?.end();
    await Promise.race([once(browser, 'exit'), new Promise((over) => setTimeout(over, 5_000))]);
  }
}

async function visitInTurn(
  servers: readonly Server[],
  path: string,
  look: (port: number) => Promise<Visit>,
): Promise<ReadonlyMap<string, readonly Visit[]>> {
  const visits = new Map(servers.map(({ variant }) => [variant, [] as Visit[]]));
  const [warmup, rounds] = [Number(values.warmup), Number(values.rounds)];
  for (let round = -warmup; round < rounds; round++) {
    for (const { variant, port } of servers) {
      const visit = await look(port);
      if (round >= 0) visits.get(variant)?.push(visit);
    }
  }
  if (values.json) console.log(JSON.stringify({ path, visits: Object.fromEntries(visits) }));
  return visits;
}

function report(title: string, visits: ReadonlyMap<string, readonly Visit[]>): void {
  const [standard = []] = visits.values();
  const middle = (list: readonly Visit[], key: 'lcpMs' | 'fcpMs' | 'loadMs') =>
    median(list.map((one) => one[key]));
  const rows = [...visits].map(([variant, list]) => [
    variant,
    ...(['fcpMs', 'lcpMs', 'loadMs'] as const).flatMap((key) => {
      const ratio = middle(list, key) / middle(standard, key);
      const wide = spread(list.map((one) => one[key]));
      return [Math.round(middle(list, key)), Number(ratio.toFixed(2)), Number(wide.toFixed(2))];
    }),
    Math.round(median(list.map((one) => one.bytes)) / 1000),
    median(list.map((one) => one.hinted)),
    list[0]?.protocol ?? '',
  ]);
  console.log(`\n${title}: ${values.rounds} visits each, medians`);
  const columns = ['FCP ms', 'ratio', 'spread', 'LCP ms', 'ratio', 'spread', 'load ms', 'ratio'];
  printTable(['variant', ...columns, 'spread', 'kB', 'hinted', 'protocol'], rows);
}

async function startServer(
  lab: NetLab,
  work: string,
  site: string,
  { variant, port }: Server,
): Promise<void> {
  const file = join(__dirname, 'page-load-server.ts');
  const args = [site, variant, String(port), values['think-ms'], certFile(work), keyFile(work)];
  lab.spawn('server', process.execPath, [...process.execArgv, file, ...args]);
  await lab.waitForPort(port, 30_000);
}

function script(name: string, work: string, lab: NetLab): string[] {
  return [...process.execArgv, join(__dirname, name), certFile(work), lab.serverIp];
}

/** Sends one line and waits for the line that answers it. */
function asker({ stdin, stdout }: ChildProcess): (url: string) => Promise<Visit> {
  if (stdin === null || stdout === null) throw new Error('the visitor cannot be spoken to');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (url) => {
    stdin.write(`${url}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the browser ended at ${url}`);
    return JSON.parse(value) as Visit;
  };
}

async function writeCertificate(work: string): Promise<void> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '10.77.0.1' }], {
    keyType: 'ec',
    curve: 'P-256',
  });
  writeFileSync(certFile(work), cert);
  writeFileSync(keyFile(work), key);
}

const certFile = (work: string): string => join(work, 'cert.pem');
const keyFile = (work: string): string => join(work, 'key.pem');
const listed = (value: string): string[] => value.split(',');

void main();
