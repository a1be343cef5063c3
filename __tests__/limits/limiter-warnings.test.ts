import express from 'express';
import type { RequestHandler } from 'express';
import { rateLimiter } from '../../lib/limits/rate-limiter';
import type { RateLimiterOptions } from '../../lib/limits/limiter-options';
import { overHttp2 } from '../../lib/server/over-http2';
import { collectWarnings } from '../support/process-warnings';
import { transports } from '../support/transports';
import type { Sent } from '../support/test-client';

const http1 = transports.find(({ name }) => name === 'HTTP/1.1')!;

/** Sends requests to an app with the limiter. @returns The codes of the warnings that came. */
async function codesOf(
  trustProxy: unknown,
  requests: readonly Sent[],
  options: RateLimiterOptions = {},
): Promise<unknown[]> {
  const codes: unknown[] = [];
  const warn = (error: unknown) => void codes.push((error as { code?: unknown }).code);
  const app = express();
  app.set('trust proxy', trustProxy);
  app.use(rateLimiter({ logger: { warn, error: () => {} }, ...options }) as RequestHandler);
  app.get('/', (_req, res) => void res.end());
  const server = await http1.serve(overHttp2(app));
  for (const one of requests) await server.request(one);
  await server.close();
  return codes;
}

const forwarded = { headers: { 'x-forwarded-for': '203.0.113.5' } };

describe('warnings of the limiter', () => {
  it.each([
    ['everybody', true],
    ['two networks that are everybody', ['0.0.0.0/1', '128.0.0.0/1']],
    ['a function that says yes', () => true],
  ])('tell once that clients choose their key when the proxy is %s', async (_name, trustProxy) => {
    expect(await codesOf(trustProxy, [{}, {}])).toEqual(['HEADSTART_SPOOFABLE_KEY']);
  });

  it.each([
    ['one hop', 1],
    ['loopback', 'loopback'],
    ['nobody', false],
  ])('do not come when the proxy is %s', async (_name, trustProxy) => {
    expect(await codesOf(trustProxy, [{}])).toEqual([]);
  });

  it('tell of a proxy that is not trusted, even after other requests', async () => {
    expect(await codesOf(false, [{}, forwarded, forwarded])).toEqual(['HEADSTART_UNTRUSTED_PROXY']);
    expect(await codesOf(1, [forwarded])).toEqual([]);
  });

  it('tell of a Forwarded header that nobody reads', async () => {
    const request = { headers: { forwarded: 'for=203.0.113.5' } };
    expect(await codesOf(false, [request])).toEqual(['HEADSTART_FORWARDED_IGNORED']);
  });

  it('can be switched off, all or one by one', async () => {
    expect(await codesOf(true, [{}], { validate: false })).toEqual([]);
    expect(await codesOf(true, [{}], { validate: { trustProxy: false } })).toEqual([]);
    expect(await codesOf(true, [{}], { validate: { default: false, trustProxy: true } })).toEqual([
      'HEADSTART_SPOOFABLE_KEY',
    ]);
  });

  it('tell of options that do not do what was meant', async () => {
    const careless = { keyGenerator: (req: { ip?: string }) => req.ip ?? '', ipv6Subnet: 64 };
    expect(await codesOf(false, [], careless)).toEqual([
      'HEADSTART_IPV6_KEY',
      'HEADSTART_UNUSED_SUBNET',
    ]);
  });

  it('go to the process when there is no logger', async () => {
    const collected = collectWarnings();
    await codesOf(true, [{}], { logger: undefined });
    await new Promise(setImmediate);
    collected.stop();
    expect(collected.warnings).toEqual([
      expect.objectContaining({ name: 'HeadstartWarning', code: 'HEADSTART_SPOOFABLE_KEY' }),
    ]);
  });
});
