import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createProxyMiddleware } from 'http-proxy-middleware';
import type { Options } from 'http-proxy-middleware';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

/** An HTTP/1.1 server that tells what reached it. */
function upstream(): Promise<Server> {
  const server = createServer(async (req, res) => {
    const body = await text(req);
    const { method, url, headers } = req;
    res.setHeader('content-type', 'application/json');
    res.setHeader('x-upstream', 'yes').setHeader('keep-alive', 'timeout=5');
    res.end(JSON.stringify({ method, url, headers, body }));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Mounts the proxy before an upstream of its own, at `/api`. */
function proxyTo(options: Partial<Options> = {}): Pick<CompatibilityCase, 'mount' | 'cleanUp'> {
  const running: Server[] = [];
  return {
    mount: (app) => {
      const started = upstream();
      app.use('/api', async (req, res, next) => {
        const server = await started;
        running.push(server);
        const { port } = server.address() as AddressInfo;
        const target = `http://127.0.0.1:${port}`;
        await createProxyMiddleware({ target, ...options })(req, res, next);
      });
    },
    cleanUp: async () => {
      for (const server of running.splice(0)) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

const received = ({ json }: { readonly json: unknown }) => json as Received;

const proxyCases: CompatibilityCase[] = [
  {
    ...proxyTo(),
    title: 'forwards a GET and copies no pseudo-headers',
    check: async (client) => {
      const reply = await client.request({ path: '/api/a?b=1', headers: { 'x-own': '1' } });
      expect(reply).toMatchObject({ status: 200, headers: { 'x-upstream': 'yes' } });
      const { method, url, headers, body } = received(reply);
      expect([method, url, body]).toEqual(['GET', '/a?b=1', '']);
      expect(headers).toMatchObject({ 'x-own': '1', host: expect.stringContaining('localhost:') });
      expect(Object.keys(headers).filter((name) => name.startsWith(':'))).toEqual([]);
      expect(headers).not.toHaveProperty('transfer-encoding');
    },
  },
  {
    ...proxyTo(),
    title: 'forwards a body with content-length',
    check: async (client) => {
      const { method, headers, body } = received(
        await client.request({ path: '/api/', body: 'x'.repeat(100_000) }),
      );
      expect([method, body.length, headers['content-length']]).toEqual(['POST', 100_000, '100000']);
    },
  },
  {
    ...proxyTo(),
    title: 'forwards a body without content-length',
    check: async (client) => {
      const { method, headers, body } = received(
        await client.request({ path: '/api/', body: 'x'.repeat(100_000), withLength: false }),
      );
      expect([method, body.length]).toEqual(['POST', 100_000]);
      expect(headers['transfer-encoding']).toBe('chunked');
    },
  },
  {
    ...proxyTo(),
    title: 'forwards a DELETE without a body',
    check: async (client) => {
      const { method, body } = received(await client.request({ method: 'DELETE', path: '/api/' }));
      expect([method, body]).toEqual(['DELETE', '']);
    },
  },
  {
    ...proxyTo({ changeOrigin: true, xfwd: true }),
    title: 'adds x-forwarded headers and changes the origin',
    check: async (client, { transport }) => {
      const { headers } = received(await client.request('/api/'));
      expect(headers).toMatchObject({
        host: expect.stringContaining('127.0.0.1'),
        'x-forwarded-proto': transport.isSecure ? 'https' : 'http',
        'x-forwarded-host': expect.stringContaining('localhost'),
        'x-forwarded-for': expect.stringContaining('127.0.0.1'),
      });
    },
  },
  {
    ...proxyTo({ target: 'http://127.0.0.1:1' }),
    title: 'answers 504 when the upstream refuses the connection',
    check: async (client) => {
      expect(await client.request('/api/')).toMatchObject({ status: 504 });
    },
  },
];

export const proxying: readonly CompatibilityGroup[] = [
  { package: 'http-proxy-middleware', cases: proxyCases },
];
