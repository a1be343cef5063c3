import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { View } from './delivery-visitor';
import { type CertificateFiles, writeCertificate } from './support/certificate-files';
import { type Ask, lineDialogue } from './support/line-dialogue';
import { describeMachine } from './support/machine';
import { loadNetLab, type NetLab } from './support/net-lab';
import { sites } from './support/sites';
import { median, spread } from './support/statistics';
import { percent, printTable } from './support/table';
import type { Step } from './support/way-ahead';

/**
 * What predictive delivery gains in Chromium, over netlab's emulated lines: the first page of new
 * visitors, and the pages they click to, two seconds apart. Servers take turns, visit by visit;
 * those that learn were visited before by others, who went other ways by the same chances. Needs
 * root, Debian's chromium and a built package.
 *
 *     npm run perf:delivery -- --sites shop --profiles 4g --variants plain,prefetch --rounds 9
 */
const { values } = parseArgs({
  options: {
    sites: { type: 'string', default: 'shop,admin-lte' },
    profiles: { type: 'string', default: '4g,cable,fast3g' },
    variants: { type: 'string', default: 'plain,http1,oracle,prefetch,prerender' },
    rounds: { type: 'string', default: '9' },
    /** Pages of a visit; 1 for first pages only. */
    pages: { type: 'string', default: '4' },
    'think-ms': { type: 'string', default: '150' },
    /** Visitors that the servers learn from. */
    training: { type: 'string', default: '100' },
    /** When they are over, no further round begins. */
    seconds: { type: 'string', default: '3600' },
    start: { type: 'string', default: '' },
    seed: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
});

interface Candidate {
  readonly variant: string;
  readonly port: number;
  readonly tell: Ask;
  readonly visits: View[][];
  bytes: number;
}

const listed = (value: string): string[] => value.split(',');
const starts: Readonly<Record<string, string>> = { shop: '/', 'admin-lte': '/index.html' };
const firstPort = 8443;

async function main(): Promise<void> {
  const Lab = loadNetLab();
  if (typeof Lab === 'string') return console.log(`Not measured: ${Lab}.`);
  console.log(describeMachine());
  const work = mkdtempSync(join(tmpdir(), 'delivery-'));
  try {
    const files = await writeCertificate(work);
    for (const site of listed(values.sites)) {
      sites[site]?.prepare();
      await Promise.all(
        listed(values.profiles).map(async (profile) => {
          const lab = Lab.up({ profile });
          try {
            await measure(lab, files, site, profile);
          } finally {
            lab.down();
          }
        }),
      );
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
  const start = values.start === '' ? (starts[site] ?? '/') : values.start;
  const [seed, rounds] = [Number(values.seed), Number(values.rounds)];
  const candidates: Candidate[] = [];
  let hints: readonly string[] = [];
  const browser = lab.spawn('client', process.execPath, script('delivery-visitor.ts', files.cert), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const visit = visitor(browser);
    for (const variant of listed(values.variants)) {
      const port = firstPort + candidates.length;
      const server = await startServer(lab, files, [site, variant, String(port)], hints);
      candidates.push({ variant, port, tell: lineDialogue(server), visits: [], bytes: 0 });
      const origin = `https://${lab.serverIp}:${port}`;
      if (['hints', 'prefetch', 'prerender'].includes(variant)) {
        await walk(lab, [site, origin, start, values.training, values.pages, String(seed + 1)]);
      }
      // The first look is at the plain site; what it needed is what the oracle hints.
      const [view] = await visit(origin, [start]);
      if (hints.length === 0) hints = needed(view);
    }
    const plain = candidates[0];
    if (plain === undefined) return;
    const origin = `https://${lab.serverIp}:${plain.port}`;
    const ways = await walk(lab, [site, origin, start, String(rounds), values.pages, String(seed)]);
    for (const way of ways) {
      if (performance.now() > Number(values.seconds) * 1000) break;
      await visitAll(lab, candidates, way, visit);
    }
    report(
      `${site} from ${start} over ${profile}, think time ${values['think-ms']} ms`,
      candidates,
    );
  } finally {
    browser.stdin?.end();
    await Promise.race([once(browser, 'exit'), new Promise((over) => setTimeout(over, 5000))]);
  }
}

type Visit = (origin: string, paths: readonly string[]) => Promise<View[]>;

async function visitAll(
  lab: NetLab,
  candidates: readonly Candidate[],
  way: readonly string[],
  visit: Visit,
): Promise<void> {
  let steps: readonly Step[] = [];
  for (const one of candidates) {
    const before = Number(await one.tell(JSON.stringify(steps)));
    const views = await visit(`https://${lab.serverIp}:${one.port}`, way);
    one.visits.push(views);
    one.bytes += Number(await one.tell('[]')) - before;
    if (steps.length === 0) steps = stepsOf(views);
  }
}

/** The way as the plain site showed it. */
function stepsOf(views: readonly View[]): Step[] {
  const known = new Set<string>();
  const added = views.map(({ resources }) => {
    const fresh = resources.map(({ path }) => path).filter((path) => !known.has(path));
    for (const path of fresh) known.add(path);
    return [...new Set(fresh)];
  });
  return views.slice(1).map(({ path }, index) => ({
    page: views[index]?.path ?? '',
    next: path,
    resources: added[index + 1] ?? [],
  }));
}

function report(title: string, candidates: readonly Candidate[]): void {
  const [standard] = candidates;
  if (standard === undefined) return;
  console.log(`\n${title}: ${standard.visits.length} visits each, medians`);
  const firsts = (one: Candidate): View[] => one.visits.flatMap(([first]) => first ?? []);
  const laters = (one: Candidate): View[] => one.visits.flatMap(([, ...others]) => others);
  table('first page', candidates, firsts);
  if (laters(standard).length > 0) table('later pages', candidates, laters);
  if (values.json) {
    const told = candidates.map(({ variant, visits }) => ({ variant, visits }));
    console.log(JSON.stringify(told));
  }
}

/** Browsers count from when they begin to go to a page; the visitor counts from the press. */
const paints: readonly ((view: View) => number)[] = [
  ({ fcpMs }) => fcpMs,
  ({ lcpMs }) => lcpMs,
  ({ lcpMs, pressMs }) => pressMs + lcpMs,
];

function table(
  title: string,
  candidates: readonly Candidate[],
  viewsOf: (one: Candidate) => readonly View[],
): void {
  const middle = (one: Candidate, of: (view: View) => number): number =>
    median(viewsOf(one).map(of));
  const [standard] = candidates;
  const rows = candidates.map((one) => {
    const views = viewsOf(one);
    const cells = paints.flatMap((of) => {
      const ratio = standard === undefined ? 1 : middle(one, of) / middle(standard, of);
      const wide = spread(views.map(of));
      return [Math.round(middle(one, of)), Number(ratio.toFixed(2)), Number(wide.toFixed(2))];
    });
    const share = (is: (view: View) => boolean): number => views.filter(is).length;
    // What is sent beyond what the plain site sends for the same visits was wasted.
    const wasted = one.bytes / (standard?.bytes ?? one.bytes) - 1;
    return [
      one.variant,
      ...cells,
      median(views.map(({ hinted }) => hinted)),
      share(({ hintMs }) => hintMs > 0),
      share(({ isPrefetched }) => isPrefetched),
      share(({ isPrerendered }) => isPrerendered),
      Math.round(one.bytes / one.visits.length / 1000),
      percent(wasted),
    ];
  });
  const numbers = ['FCP ms', 'LCP ms', 'from press'].flatMap((name) => [name, 'ratio', 'spread']);
  const counts = ['hinted', '103s', 'prefetched', 'prerendered', 'kB a visit', 'wasted'];
  printTable(
    [`${title} (${viewsOf(candidates[0] as Candidate).length})`, ...numbers, ...counts],
    rows,
  );
}

/**
 * What the page was painted with: its style sheets, and the image that was its largest paint. Fonts
 * and the scripts at the end of the body, hinted too, made both sites slower on slow lines.
 */
function needed(view: View | undefined): string[] {
  const styles = (view?.resources ?? [])
    .map(({ path }) => path)
    .filter((one) => one.endsWith('.css'));
  return [...styles, view?.lcpImage ?? ''].filter((path) => path !== '').slice(0, 8);
}

async function startServer(
  lab: NetLab,
  files: CertificateFiles,
  [site = '', variant = '', port = '']: readonly string[],
  hints: readonly string[],
): Promise<ChildProcess> {
  const args = [site, variant, port, values['think-ms'], files.cert, files.key];
  const file = script('delivery-server.ts', ...args, hints.join(','));
  const server = lab.spawn('server', process.execPath, file, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await lab.waitForPort(Number(port), 30_000);
  return server;
}

/** Lets visitors walk on the server's side of the line, where nobody waits. */
async function walk(lab: NetLab, args: readonly string[]): Promise<string[][]> {
  const child = lab.spawn('server', process.execPath, script('delivery-trainer.ts', ...args), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('the trainer says nothing');
  return JSON.parse(await text(child.stdout)) as string[][];
}

function script(name: string, ...args: string[]): string[] {
  return [...process.execArgv, join(__dirname, name), ...args];
}

function visitor(browser: ChildProcess): Visit {
  const ask = lineDialogue(browser);
  return async (origin, paths) =>
    JSON.parse(await ask(JSON.stringify({ origin, paths }))) as View[];
}

void main();
