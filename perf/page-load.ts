import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Visit } from './page-load-visitor';
import { type CertificateFiles, writeCertificate } from './support/certificate-files';
import { lineDialogue } from './support/line-dialogue';
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
    const files = await writeCertificate(work);
    for (const site of listed(values.sites)) {
      sites[site]?.prepare();
      for (const profile of listed(values.profiles)) {
        const lab = NetLabHere.up({ profile });
        try {
          await measure(lab, files, site, profile);
        } finally {
          lab.down();
        }
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function measure(
  lab: NetLab,
  files: CertificateFiles,
  site: string,
  profile: string,
): Promise<void> {
  const servers = listed(values.variants).map((variant, at) => ({ variant, port: firstPort + at }));
  for (const server of servers) await startServer(lab, files, site, server);
  const browser = lab.spawn(
    'client',
    process.execPath,
    script('page-load-visitor.ts', files, lab),
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  try {
    const ask = lineDialogue(browser);
    for (const path of (sites[site]?.paths ?? []).slice(0, Number(values.pages))) {
      const visits = await visitInTurn(servers, path, async (port) => {
        return JSON.parse(await ask(`https://${lab.serverIp}:${port}${path}`)) as Visit;
      });
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
  files: CertificateFiles,
  site: string,
  { variant, port }: Server,
): Promise<void> {
  const file = join(__dirname, 'page-load-server.ts');
  const args = [site, variant, String(port), values['think-ms'], files.cert, files.key];
  lab.spawn('server', process.execPath, [...process.execArgv, file, ...args]);
  await lab.waitForPort(port, 30_000);
}

function script(name: string, files: CertificateFiles, lab: NetLab): string[] {
  return [...process.execArgv, join(__dirname, name), files.cert, lab.serverIp];
}

const listed = (value: string): string[] => value.split(',');

void main();
