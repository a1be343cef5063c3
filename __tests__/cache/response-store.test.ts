import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { SharedBuffer } from '../../lib/buffers/shared-buffer';
import { ResponseStore } from '../../lib/cache/response-store';
import { judge } from '../../lib/cache/storable-response';
import { StoredResponse } from '../../lib/cache/stored-response';

const nowMs = Date.UTC(2026, 10, 25);
const clock = () => nowMs;

interface Made {
  readonly url?: string;
  readonly scope?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly request?: Record<string, string>;
  readonly body?: string;
}

function make({
  url = '/',
  scope = 'a',
  headers = {},
  request = {},
  body = 'x',
}: Made): StoredResponse {
  const all: OutgoingHttpHeaders = { 'cache-control': 'public, max-age=60', ...headers };
  const storable = judge(request, { status: 200, headers: all }, clock);
  if (storable === undefined) throw new Error('not storable');
  return new StoredResponse({
    request: { url, host: 'a', scope, isEncrypted: false, headers: request },
    status: 200,
    headers: Object.entries(all).map(([name, value]) => [name, String(value)] as const),
    body: SharedBuffer.from(body),
    storable,
    nowMs,
  });
}

describe('ResponseStore', () => {
  let evicted: number;
  let store: ResponseStore;

  beforeEach(() => {
    evicted = 0;
    store = new ResponseStore(100_000, () => evicted++);
  });
  afterEach(() => store.clear());

  const find = (headers: IncomingHttpHeaders = {}, url = '/', scope = 'a') =>
    store.find({ url, host: 'a', scope }, headers);

  it('finds by URL and scope', () => {
    const one = make({});
    store.add(one);
    expect(find()).toBe(one);
    expect(find({}, '/b')).toBeUndefined();
    expect(find({}, '/', 'b')).toBeUndefined();
  });

  it('replaces what the same request would have got, and lets go of it', () => {
    const old = make({ body: 'old' });
    store.add(old);
    store.add(make({ body: 'new' }));
    expect(String(find()?.body)).toBe('new');
    expect([store.size, old.body.references]).toEqual([1, 0]);
  });

  it('keeps variants apart', () => {
    const headers = { vary: 'accept-language' };
    const german = make({ headers, request: { 'accept-language': 'de' } });
    const english = make({ headers, request: { 'accept-language': 'en' } });
    store.add(german);
    store.add(english);
    expect(find({ 'accept-language': 'de' })).toBe(german);
    expect(find({ 'accept-language': 'en' })).toBe(english);
    expect(find({ 'accept-language': 'fr' })).toBeUndefined();
    expect(find()).toBeUndefined();
  });

  it('follows a URL that begins to vary', () => {
    store.add(make({ body: 'for all' }));
    const german = make({
      headers: { vary: 'accept-language' },
      request: { 'accept-language': 'de' },
    });
    store.add(german);
    expect(find({ 'accept-language': 'de' })).toBe(german);
    expect(find({ 'accept-language': 'en' })).toBeUndefined();
    expect(store.size).toBe(1);
  });

  it('keeps a bounded number of ways in which a URL varies', () => {
    for (let i = 0; i < 20; i++) {
      store.add(make({ headers: { vary: `x-${i}` }, request: { [`x-${i}`]: '1' } }));
    }
    expect(store.size).toBeLessThanOrEqual(4);
  });

  it('shares one response among requests that got the same encoding', () => {
    const answer = (accepted: string, encoding: string, body: string) =>
      make({
        headers: { vary: 'accept-encoding', 'content-encoding': encoding },
        request: { 'accept-encoding': accepted },
        body,
      });
    store.add(answer('br, gzip', 'br', 'old'));
    store.add(answer('br, gzip, zstd', 'br', 'new'));
    store.add(answer('gzip', 'gzip', 'zipped'));
    expect(store.size).toBe(2);
    expect(String(find({ 'accept-encoding': 'gzip, br' })?.body)).toBe('new');
    expect(String(find({ 'accept-encoding': 'gzip' })?.body)).toBe('zipped');
    store.add(answer('br, gzip', 'gzip', 'changed its mind'));
    expect(String(find({ 'accept-encoding': 'gzip, br' })?.body)).toBe('changed its mind');
    expect(String(find({ 'accept-encoding': 'gzip, br, zstd' })?.body)).toBe('new');
    expect(String(find({ 'accept-encoding': 'gzip' })?.body)).toBe('changed its mind');
  });

  it('does not share between those that differ in something else', () => {
    const headers = { vary: 'accept-encoding, accept-language', 'content-encoding': 'br' };
    const german = { 'accept-encoding': 'br', 'accept-language': 'de' };
    const english = { 'accept-encoding': 'br', 'accept-language': 'en' };
    store.add(make({ headers, request: german, body: 'de' }));
    store.add(make({ headers, request: english, body: 'en' }));
    expect(String(find(german)?.body)).toBe('de');
    expect(String(find(english)?.body)).toBe('en');
  });

  it('evicts what was used least recently, and lets go of it', () => {
    const all = ['/1', '/2', '/3'].map((url) => make({ url, body: 'x'.repeat(40_000) }));
    const [first, second, third] = all;
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    store = new ResponseStore(100_000, () => evicted++);
    store.add(first);
    store.add(second);
    find({}, '/1');
    store.add(third);
    expect([evicted, second.body.references, first.body.references]).toEqual([1, 0, 1]);
    expect(store.bytes).toBeLessThanOrEqual(100_000);
    expect(find({}, '/2')).toBeUndefined();
  });

  it('refuses what is larger than all of it', () => {
    const huge = make({ body: 'x'.repeat(200_000) });
    expect(store.add(huge)).toBe(false);
    expect(store.size).toBe(0);
    huge.body.release();
  });

  it('forgets tags with the responses that named them', () => {
    store.add(make({ url: '/1', headers: { 'cache-tag': 'a, b' } }));
    store.add(make({ url: '/2', headers: { 'cache-tag': 'b' } }));
    expect(store.purge('/1', () => true)).toBe(1);
    expect(store.purgeTag('a')).toBe(0);
    expect(store.purgeTag('b')).toBe(1);
  });

  it('counts headers and keys', () => {
    const plain = make({}).bytes;
    expect(make({ headers: { 'x-long': 'x'.repeat(1000) } }).bytes).toBeGreaterThan(plain + 1000);
    expect(make({ url: `/${'x'.repeat(1000)}` }).bytes).toBeGreaterThan(plain + 1000);
  });
});
