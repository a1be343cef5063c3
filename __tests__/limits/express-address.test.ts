import connect from 'connect';
import express4 from 'express4';
import express5 from 'express';
import { ExpressAddress } from '../../lib/limits/express-address';
import { overHttp2 } from '../../lib/server/over-http2';
import { transports } from '../support/transports';

/** What is said of a request that came by way of a proxy, beside `req.ip`. */
async function addressesIn(
  app: express5.Application,
  transport: (typeof transports)[number],
): Promise<{ found: string; ip: string }> {
  const address = new ExpressAddress();
  app.get('/', (req, res) => void res.json({ found: address.of(req as never), ip: req.ip }));
  const server = await transport.serve(overHttp2(app));
  const headers = { 'x-forwarded-for': '203.0.113.5', 'client-ip': '203.0.113.6' };
  await server.request({ headers });
  const { json } = await server.request({ headers });
  await server.close();
  return json as { found: string; ip: string };
}

const versions = [
  ['Express 5', express5],
  ['Express 4', express4],
] as const;

describe.each(versions)('ExpressAddress in %s', (_name, make) => {
  it.each(transports.map((one) => [one.name, one] as const))(
    'says what req.ip says over %s',
    async (_transport, transport) => {
      for (const trusted of [false, true, 'loopback']) {
        const app = make();
        app.set('trust proxy', trusted);
        const { found, ip } = await addressesIn(app, transport);
        expect(found).toBe(ip);
        expect(found === '203.0.113.5').toBe(trusted !== false);
      }
    },
  );

  it('follows an app that has req.ip its own way', async () => {
    const app = make();
    Object.defineProperty(app.request, 'ip', {
      get(this: express5.Request) {
        return this.get('client-ip');
      },
    });
    const [transport] = transports;
    expect(await addressesIn(app, transport!)).toEqual({ found: '203.0.113.6', ip: '203.0.113.6' });
  });

  it('follows a middleware that gives a request its address', async () => {
    const app = make();
    app.use((req, _res, next) => {
      Object.defineProperty(req, 'ip', { value: req.get('client-ip') });
      next();
    });
    const [transport] = transports;
    expect(await addressesIn(app, transport!)).toEqual({ found: '203.0.113.6', ip: '203.0.113.6' });
  });

  it('follows the setting of the app that a smaller one is mounted in', async () => {
    const app = make();
    const small = make();
    const address = new ExpressAddress();
    app.set('trust proxy', true);
    app.use('/small', small);
    small.get('/', (req, res) => void res.send(address.of(req as never)));
    const server = await transports[0]!.serve(overHttp2(app));
    const { body } = await server.request({
      path: '/small',
      headers: { 'x-forwarded-for': '203.0.113.5' },
    });
    await server.close();
    expect(body).toBe('203.0.113.5');
  });
});

describe('ExpressAddress', () => {
  it('says the address of the socket where there is no Express', async () => {
    const app = connect();
    const address = new ExpressAddress();
    app.use((req, res) => res.end(address.of(req as never)));
    const server = await transports[0]!.serve(overHttp2(app));
    const { body } = await server.request({});
    await server.close();
    expect(body).toContain('127.0.0.1');
  });

  it('reads the address of the socket alone where Express would say the same', () => {
    const app = express5();
    const req = Object.create(app.request) as express5.Request;
    let read = 0;
    const socket = {
      get remoteAddress() {
        read += 1;
        return '192.0.2.7';
      },
    };
    Object.assign(req, { socket, headers: {} });
    expect(new ExpressAddress().of(req as never)).toBe('192.0.2.7');
    expect(read).toBe(1);
  });
});
