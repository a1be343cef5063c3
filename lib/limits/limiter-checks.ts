import type { RateLimiterOptions } from './limiter-options';
import type { LimiterReports } from './limiter-reports';
import type { RateLimitStore, StoredHits } from './rate-limit-store';

const usedStores = new WeakSet<RateLimitStore>();

/** By request: what was counted in which store. */
const countedKeys = new WeakMap<object, Map<unknown, Set<string>>>();

/** Layers of Express 4 and 5, as stack traces show them. */
const handlerFrames = ['Layer.handle [as handle_request]', 'Layer.handleRequest'];

/** Warns of options that work but hardly do what was meant. Called when a limiter is made. */
export function checkOptions(
  given: RateLimiterOptions | undefined,
  store: RateLimitStore | undefined,
  reports: LimiterReports,
): void {
  const { keyGenerator, ipv6Subnet } = given ?? {};
  const source = keyGenerator === undefined ? '' : Function.prototype.toString.call(keyGenerator);
  if (/\breq(?:uest)?\.ip\b/.test(source) && !source.includes('ipKeyGenerator')) {
    const message =
      'the keyGenerator uses req.ip; an IPv6 client has many: use ipKeyGenerator(req.ip)';
    reports.warn('keyGeneratorIpFallback', 'HEADSTART_IPV6_KEY', message);
  }
  if (keyGenerator !== undefined && ipv6Subnet !== undefined) {
    const message = 'ipv6Subnet does nothing beside a keyGenerator';
    reports.warn('ipv6SubnetOrKeyGenerator', 'HEADSTART_UNUSED_SUBNET', message);
  }
  const stack = new Error('where the limiter was made').stack ?? '';
  if (handlerFrames.some((frame) => stack.includes(frame))) {
    const message = 'made while a request was handled; make it once, when the app starts';
    reports.warn('creationStack', 'HEADSTART_LIMITER_PER_REQUEST', message);
  }
  if (store === undefined) return;
  if (usedStores.has(store)) {
    const message = 'two limiters use one store; give each its own, with a prefix of its own';
    reports.warn('unsharedStore', 'HEADSTART_SHARED_STORE', message);
  }
  usedStores.add(store);
}

/** Warns when a request is counted twice under one key. */
export function checkSingleCount(
  req: object,
  place: object,
  key: string,
  reports: LimiterReports,
): void {
  if (!reports.isOpen('singleCount')) return;
  const { localKeys, prefix = '' } = place as Partial<RateLimitStore>;
  // Two clients of one database are one place.
  const name = localKeys === true ? place : place.constructor.name;
  const places = countedKeys.get(req) ?? new Map<unknown, Set<string>>();
  countedKeys.set(req, places);
  const keys = places.get(name) ?? new Set<string>();
  places.set(name, keys);
  if (keys.has(prefix + key)) {
    const message = 'a request was counted twice under one key';
    reports.warn('singleCount', 'HEADSTART_DOUBLE_COUNT', message);
  }
  keys.add(prefix + key);
}

/** Warns of a store that counts in a way nobody can compare with a limit. */
export function checkHits({ totalHits }: StoredHits, reports: LimiterReports): void {
  if (Number.isInteger(totalHits) && totalHits >= 1) return;
  const message = `the store says ${String(totalHits)} hits; a positive integer was expected`;
  reports.warn('positiveHits', 'HEADSTART_WRONG_HITS', message);
}
