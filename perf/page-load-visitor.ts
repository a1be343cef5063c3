import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** What one visit with an empty cache took. */
export interface Visit {
  readonly protocol: string;
  readonly lcpMs: number;
  readonly fcpMs: number;
  readonly loadMs: number;
  readonly firstByteMs: number;
  readonly bytes: number;
  readonly files: number;
  readonly hinted: number;
}

const timings = readFileSync(join(__dirname, 'support', 'page-timings.js'), 'utf8');

/** Opens the pages whose addresses it reads, one line each, and answers with a line of JSON. */
async function main([certificate = '', host = '']: string[]): Promise<void> {
  const key = new X509Certificate(readFileSync(certificate)).publicKey;
  const pin = createHash('sha256').update(key.export({ type: 'spki', format: 'der' }));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      `--ignore-certificate-errors-spki-list=${pin.digest('base64')}`,
      // Pages name servers that are not in the lab.
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${host}`,
    ],
  });
  let visits = 0;
  for await (const url of createInterface({ input: process.stdin })) {
    const visit = await look(browser, url, visits++);
    process.stdout.write(`${JSON.stringify(visit)}\n`);
  }
  await browser.close();
}

async function look(browser: Browser, url: string, number: number): Promise<Visit> {
  const context = await browser.newContext({
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 visitor/${number}`,
    viewport: { width: 1280, height: 800 },
  });
  try {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: 'load', timeout: 60_000 });
    await page.waitForFunction("performance.getEntriesByType('navigation')[0].loadEventEnd > 0");
    return await page.evaluate<Visit>(timings);
  } finally {
    await context.close();
  }
}

void main(process.argv.slice(2));
