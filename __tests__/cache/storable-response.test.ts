import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { judge } from '../../lib/cache/storable-response';

const nowMs = Date.UTC(2026, 10, 25);

const judged = (headers: OutgoingHttpHeaders, request: IncomingHttpHeaders = {}, status = 200) =>
  judge(request, { status, headers }, () => nowMs);

const control = (value: string | string[]) => ({ 'cache-control': value as string });

describe('a shared cache', () => {
  it.each<[string, OutgoingHttpHeaders, number]>([
    ['max-age', control('max-age=60'), 60],
    ['s-maxage before max-age', control('max-age=60, s-maxage=600'), 600],
    ['public with max-age', control('public, max-age=60'), 60],
    ['directives in capitals', control('Public, Max-Age=60'), 60],
    ['a quoted number', control('max-age="60"'), 60],
    ['Expires', { expires: new Date(nowMs + 60_000).toUTCString() }, 60],
    ['max-age before Expires', { ...control('max-age=60'), expires: '0' }, 60],
    ['must-revalidate, while fresh', control('max-age=60, must-revalidate'), 60],
    ['two fields', control(['public', 'max-age=60']), 60],
  ])('stores by %s', (_, headers, lifetime) => {
    expect(judged(headers)?.policy.maxAge()).toBe(lifetime);
  });

  it.each<[string, OutgoingHttpHeaders]>([
    ['says nothing', {}],
    ['has a validator only', { etag: '"a"', 'last-modified': 'Tue, 24 Nov 2026 00:00:00 GMT' }],
    ['is public without a lifetime', control('public')],
    ['is private', control('private, max-age=60')],
    ['is Private in capitals', control('Private, max-age=60')],
    ['has private fields', control('private="x-user", max-age=60')],
    ['is private in a second field', control(['max-age=60', 'private'])],
    ['is no-store', control('no-store, max-age=60')],
    ['is No-Store in capitals', control('No-Store, max-age=60')],
    ['is no-cache', control('no-cache, max-age=60')],
    ['has no lifetime', control('max-age=0')],
    ['has a lifetime that is no number', control('max-age=soon')],
    ['has no lifetime for shared caches', control('max-age=60, s-maxage=0')],
    ['is as old as it may be', { ...control('max-age=60'), age: '60' }],
    ['expires at no time', { expires: 'never' }],
    ['expires at a time that is no HTTP date', { expires: '2030-01-01T00:00:00Z' }],
    ['sets a cookie', { ...control('public, max-age=60'), 'set-cookie': ['a=1'] }],
    ['varies by everything', { ...control('max-age=60'), vary: '*' }],
    ['varies by everything and more', { ...control('max-age=60'), vary: 'accept, *' }],
    ['announces trailers', { ...control('max-age=60'), trailer: 'x-checksum' }],
    ['is a part', { ...control('max-age=60'), 'content-range': 'bytes 0-1/2' }],
    ['never ends', { ...control('max-age=60'), 'content-type': 'text/event-stream' }],
    ['has an encoding nobody knows', { ...control('max-age=60'), 'content-encoding': 'exi' }],
  ])('stores nothing that %s', (_, headers) => {
    expect(judged(headers)).toBeUndefined();
  });

  it.each([206, 304, 400, 401, 403, 413, 416, 429, 431, 500, 502, 503])(
    'stores no %d, whatever it says',
    (status) => {
      expect(judged(control('public, max-age=60'), {}, status)).toBeUndefined();
    },
  );

  it.each([200, 203, 204, 301, 302, 307, 308, 404, 410])('stores a %d that says so', (status) => {
    expect(judged(control('max-age=60'), {}, status)).toBeDefined();
  });

  it('stores nothing for a client that asks for that', () => {
    expect(judged(control('max-age=60'), { 'cache-control': 'No-Store' })).toBeUndefined();
  });

  it.each<[string, IncomingHttpHeaders]>([
    ['cookies', { cookie: 'session=1' }],
    ['credentials', { authorization: 'Bearer 1' }],
  ])('stores what a request with %s got only if it is for all', (_, request) => {
    expect(judged(control('max-age=60'), request)).toBeUndefined();
    expect(judged(control('max-age=60, must-revalidate'), request)).toBeUndefined();
    expect(judged(control('public, max-age=60'), request)?.isForAll).toBe(true);
    expect(judged(control('s-maxage=60'), request)?.isForAll).toBe(true);
  });

  it('stores what varies by cookie for requests with that cookie', () => {
    const headers = { ...control('max-age=60'), vary: 'Cookie' };
    expect(judged(headers, { cookie: 'a=1' })).toMatchObject({ vary: ['cookie'], isForAll: false });
  });

  it('stores a response without a lifetime that may be used stale', () => {
    expect(judged(control('max-age=0, stale-while-revalidate=60'))).toBeDefined();
    expect(judged(control('max-age=0, stale-if-error=60'))).toBeDefined();
  });

  it('keeps what names an origin for that origin', () => {
    const headers = { ...control('max-age=60'), 'access-control-allow-origin': 'https://a.test' };
    expect(judged(headers, { origin: 'https://a.test' })?.vary).toEqual(['origin']);
    expect(judged({ ...headers, 'access-control-allow-origin': '*' })?.vary).toEqual([]);
  });
});
