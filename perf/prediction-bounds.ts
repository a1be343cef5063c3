import { createRequire } from 'node:module';
import type * as headstart from '../lib/index';
import { describeMachine } from './support/machine';
import { median } from './support/statistics';
import { printTable } from './support/table';

/**
 * What a model takes and keeps under a flood, and how long it takes to load one:
 * `node --expose-gc --import tsx perf/prediction-bounds.ts`, after a build.
 */
const { IntelligentPushPredictor } = createRequire(__filename)('../dist') as typeof headstart;
type Predictor = InstanceType<typeof IntelligentPushPredictor>;

const floodUrls = 1_000_000;
const loadedPages = 50_000;
const loads = 7;

let seed = 1;
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647);

/** Bytes in use after collection; freed buffers are given back by another thread. */
function usedBytes(): number {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    Atomics.wait(pause, 0, 0, 50);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function visitShop(predictor: Predictor, visitor: number): void {
  const client = `visitor ${visitor}`;
  const page = `/product/${visitor % 20}`;
  predictor.observePage({ client, page });
  predictor.observeResource({ client, page, resource: '/app.css', kind: 'style' });
  predictor.observePage({ client, page: `/cart/${visitor % 20}`, from: page });
}

function flood(predictor: Predictor, wait: () => void): void {
  for (let visitor = 0; visitor < 2000; visitor++) visitShop(predictor, visitor);
  for (let i = 0; i < floodUrls / 2; i++) {
    const client = `client ${random()}`;
    const page = `/${random().toString(36)}/${random().toString(36)}/${random()}`;
    predictor.observePage({ client, page });
    predictor.observeResource({ client, page, resource: `${page}.css`, kind: 'style' });
    // A shop with few visitors: one in five hundred requests.
    if (i % 250 === 0) visitShop(predictor, i);
    wait();
  }
}

function measureFlood(): (string | number)[] {
  let nowMs = 0;
  const before = usedBytes();
  const predictor = new IntelligentPushPredictor({ clock: () => nowMs });
  flood(predictor, () => (nowMs += 10));
  const measured = usedBytes() - before;
  const { bytes, urls, evictedUrls } = predictor.stats;
  const kept = Array.from({ length: 20 }, (_, index) => {
    const page = `/product/${index}`;
    const [resource] = predictor.predictResources(page);
    const [next] = predictor.predictPages(page);
    return resource?.target === '/app.css' && next?.target === `/cart/${index}`;
  });
  const mb = (value: number): string => (value / 2 ** 20).toFixed(1);
  const right = kept.filter(Boolean).length;
  return [urls, evictedUrls, mb(bytes), mb(measured), (measured / bytes).toFixed(2), `${right}/20`];
}

function measureLoad(): (string | number)[] {
  const taught = new IntelligentPushPredictor({ minClients: 1 });
  for (let page = 0; page < loadedPages; page++) {
    const client = `client ${page}`;
    taught.observePage({ client, page: `/page/${page}` });
    taught.observeResource({ client, page: `/page/${page}`, resource: '/app.css', kind: 'style' });
    taught.observePage({ client, page: `/page/${page + 1}`, from: `/page/${page}` });
  }
  const snapshot = taught.snapshot();
  const times = Array.from({ length: loads }, () => {
    const fresh = new IntelligentPushPredictor({ minClients: 1 });
    const start = performance.now();
    fresh.merge(snapshot);
    return performance.now() - start;
  });
  const { urls, contexts } = taught.stats;
  const ms = (value: number): string => value.toFixed(0);
  const size = (snapshot.length / 2 ** 20).toFixed(1);
  return [urls, contexts, size, ms(median(times)), ms(Math.min(...times)), ms(Math.max(...times))];
}

console.log(describeMachine());
printTable(
  ['URLs kept', 'evicted', 'reported MB', 'measured MB', 'ratio', 'shop right'],
  [measureFlood()],
);
printTable(['URLs', 'contexts', 'snapshot MB', 'load ms', 'least', 'most'], [measureLoad()]);
