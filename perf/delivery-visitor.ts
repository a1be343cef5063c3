import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Devtools, FreshWindow } from './support/devtools';

/** What a visitor does: opens one page, then clicks from page to page. */
export interface Walk {
  readonly origin: string;
  /** Paths of the pages, in turn. */
  readonly paths: readonly string[];
}

/** How one page came. */
export interface View {
  readonly path: string;
  /** By the clock on the wall: when the browser began to go there. */
  readonly startedAtMs: number;
  /** From the press on the link until then. */
  readonly pressMs: number;
  readonly fcpMs: number;
  readonly lcpMs: number;
  /** Path of the image that was the largest paint; empty if it was text. */
  readonly lcpImage: string;
  readonly firstByteMs: number;
  readonly isPrefetched: boolean;
  readonly isPrerendered: boolean;
  readonly hinted: number;
  readonly hintMs: number;
  readonly resources: readonly {
    readonly path: string;
    readonly by: string;
    readonly bytes: number;
  }[];
  readonly bytes: number;
}

/** Between clicks; the pointer is on the link for the last part of it. */
const clickMs = 2000;
const hoverMs = 300;

const source = readFileSync(join(__dirname, 'support', 'view-timings.js'), 'utf8');
const timings = `(${source.slice(source.indexOf('() =>')).trim().replace(/;$/, '')})()`;

/** Reads walks, one line of JSON each, and answers with a line of JSON: the views of the walk. */
async function main([certificate = '']: string[]): Promise<void> {
  const key = new X509Certificate(readFileSync(certificate)).publicKey;
  const pin = createHash('sha256').update(key.export({ type: 'spki', format: 'der' }));
  const lost = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 10.77.0.1';
  const browser = await Devtools.launch(pin.digest('base64'), [lost]);
  for await (const line of createInterface({ input: process.stdin })) {
    const views = await walk(browser, JSON.parse(line) as Walk);
    process.stdout.write(`${JSON.stringify(views)}\n`);
  }
  await browser.close();
}

async function walk(browser: Devtools, { origin, paths }: Walk): Promise<View[]> {
  const window = await FreshWindow.open(browser);
  try {
    const [first = '/', ...others] = paths;
    // A 103 that comes within milliseconds of a new window's first navigation is often dropped.
    await pause(200);
    await window.goto(origin + first);
    const views = [{ ...(await measured(window, first)), pressMs: 0 }];
    for (const path of others) {
      const pressedAtMs = await click(window, path);
      const view = await measured(window, path);
      views.push({ ...view, pressMs: view.startedAtMs - pressedAtMs });
    }
    return views;
  } finally {
    await window.close();
  }
}

async function measured(window: FreshWindow, path: string): Promise<Omit<View, 'pressMs'>> {
  const isThere = `location.pathname === ${JSON.stringify(path)} && document.readyState === 'complete'`;
  for (let waited = 0; ; waited += 50) {
    if (waited > 60_000) throw new Error(`${path} did not load`);
    if (await window.evaluate<boolean>(isThere).catch(() => false)) break;
    await pause(50);
  }
  await pause(100);
  return window.evaluate<Omit<View, 'pressMs'>>(timings);
}

/**
 * As a hand does it: the pointer comes to the link, rests there, and presses.
 *
 * @returns When it pressed, by the clock on the wall.
 */
async function click(window: FreshWindow, path: string): Promise<number> {
  await pause(clickMs - hoverMs);
  const [x, y] = await window.evaluate<[number, number]>(`(() => {
    const links = [...document.querySelectorAll('a')];
    const link = links.find((one) => one.pathname === ${JSON.stringify(path)}
      && one.search === '' && one.getClientRects().length > 0 && one.tabIndex >= 0);
    link.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = link.getClientRects()[0];
    return [box.x + box.width / 2, box.y + box.height / 2];
  })()`);
  await window.moveTo(x, y);
  await pause(hoverMs);
  const pressedAtMs = Date.now();
  await window.press(x, y);
  return pressedAtMs;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

void main(process.argv.slice(2));
