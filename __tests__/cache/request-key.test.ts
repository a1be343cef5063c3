import type { IncomingHttpHeaders } from 'node:http';
import { addressOf, requestKey, type AnyRequest } from '../../lib/cache/request-key';

const key = (headers: IncomingHttpHeaders, rest: object = {}) =>
  requestKey({
    url: '/',
    socket: {},
    ...rest,
    headers: { host: 'a.test', ...headers },
  } as AnyRequest);

describe('requestKey', () => {
  it('keeps the target byte for byte', () => {
    const targets = [
      '/a',
      '/A',
      '/a/',
      '//a',
      '/./a',
      '/b/../a',
      '/%61',
      '/a?',
      '/a?x=1&y=2',
      '/a?y=2&x=1',
    ];
    const urls = targets.map((url) => key({}, { url })?.url);
    expect(urls).toEqual(targets);
    expect(new Set(urls).size).toBe(targets.length);
  });

  it('tells hosts, ports and transports apart', () => {
    const scopes = [
      key({})?.scope,
      key({ host: 'b.test' })?.scope,
      key({ host: 'a.test:81' })?.scope,
      key({}, { socket: { encrypted: true } })?.scope,
    ];
    expect(new Set(scopes).size).toBe(4);
  });

  it('is the same over HTTP/1.1 and HTTP/2', () => {
    const http2 = key(
      { ':authority': 'a.test', ':scheme': 'https' },
      { stream: { session: { encrypted: true } } },
    );
    expect(http2).toEqual(key({}, { socket: { encrypted: true } }));
  });

  it('does not believe a scheme that is not that of the connection', () => {
    const stream = { session: { encrypted: false } };
    expect(key({ ':scheme': 'https' }, { stream })?.scope).not.toBe(
      key({ ':scheme': 'http' }, { stream })?.scope,
    );
  });

  it('keeps a request apart whose two hosts differ', () => {
    expect(key({ ':authority': 'b.test' })).toBeUndefined();
  });

  it.each([
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-port',
    'x-forwarded-prefix',
    'x-forwarded-server',
    'x-original-url',
    'x-rewrite-url',
    'x-host',
    'forwarded',
  ])('is another with %s', (name) => {
    expect(key({ [name]: 'host=evil.test' })?.scope).not.toBe(key({})?.scope);
  });

  it('does not depend on who asks', () => {
    expect(key({ 'x-forwarded-for': '10.0.0.1', 'user-agent': 'a' })).toEqual(key({}));
    const one = key({ forwarded: 'for=10.0.0.1;proto=https' });
    expect(one).toEqual(key({ forwarded: 'for="[2001:db8::1]";proto=https' }));
  });

  it.each<IncomingHttpHeaders>([
    { 'content-length': '1' },
    { 'transfer-encoding': 'chunked' },
    { 'x-http-method-override': 'DELETE' },
    { 'x-http-method': 'DELETE' },
    { 'x-method-override': 'POST' },
    { upgrade: 'websocket' },
  ])('keeps a request apart that may be another than it seems: %p', (headers) => {
    expect(key(headers)).toBeUndefined();
  });

  it('takes no notice of a body of no length', () => {
    expect(key({ 'content-length': '0' })).toBeDefined();
  });

  it('keeps long URLs apart', () => {
    expect(key({}, { url: `/${'x'.repeat(3000)}` })).toBeDefined();
    expect(key({}, { url: `/${'x'.repeat(5000)}` })).toBeUndefined();
    expect(key({ 'x-forwarded-host': 'x'.repeat(5000) })).toBeUndefined();
  });

  it('holds what a middleware made of the URL', () => {
    const plain = key({}, { url: '/a', originalUrl: '/a' });
    expect(key({}, { url: '/de/a', originalUrl: '/a' })).toMatchObject({ url: '/a' });
    expect(key({}, { url: '/de/a', originalUrl: '/a' })).not.toEqual(plain);
    expect(key({}, { url: '/a', originalUrl: '/m/a', baseUrl: '/m' })?.scope).toBe(plain?.scope);
  });
});

describe('addressOf', () => {
  it('reads :authority where there is no Host', () => {
    const headers = { ':authority': 'a.test' };
    expect(addressOf({ url: '/x', headers } as never)).toEqual({ url: '/x', host: 'a.test' });
  });
});
