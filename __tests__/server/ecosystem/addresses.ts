import type { Application, Request } from 'express';
import type { Reply } from '../../support/test-client';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const describeRequest = ({ ip, ips, protocol, secure, hostname, subdomains }: Request) => ({
  ip: ip?.replace('::ffff:', ''),
  ips,
  protocol,
  secure,
  hostname,
  subdomains,
});

const mountDescription =
  (...settings: readonly [name: string, value: unknown][]) =>
  (app: Application): void => {
    for (const [name, value] of settings) app.set(name, value);
    app.get('/', (req, res) => void res.json(describeRequest(req)));
  };

const forwarded = {
  host: 'a.b.example.com:8080',
  'x-forwarded-for': '203.0.113.7, 203.0.113.8',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'c.d.proxied.example',
};

const addressCases: CompatibilityCase[] = [
  {
    title: 'tells ip, protocol, secure, hostname and subdomains of the connection',
    mount: mountDescription(),
    check: async (client, { transport }) => {
      const { isSecure } = transport;
      expect((await client.request({ headers: forwarded })).json).toEqual({
        ip: '127.0.0.1',
        ips: [],
        protocol: isSecure ? 'https' : 'http',
        secure: isSecure,
        hostname: 'a.b.example.com',
        subdomains: ['b', 'a'],
      });
    },
  },
  {
    title: 'tells them of the forwarded request with trust proxy',
    mount: mountDescription(['trust proxy', true]),
    request: { headers: forwarded },
    reply: {
      json: {
        ip: '203.0.113.7',
        ips: ['203.0.113.7', '203.0.113.8'],
        protocol: 'https',
        secure: true,
        hostname: 'c.d.proxied.example',
        subdomains: ['d', 'c'],
      },
    },
  },
  {
    title: 'trusts only the given proxies',
    mount: mountDescription(['trust proxy', '10.0.0.0/8']),
    check: async (client, { transport }) => {
      const reply: Reply = await client.request({ headers: forwarded });
      expect(reply.json).toMatchObject({
        ip: '127.0.0.1',
        secure: transport.isSecure,
        hostname: 'a.b.example.com',
      });
    },
  },
  {
    title: 'tells the host of the connection when the client names none by hand',
    mount: (app) => {
      app.get('/', (req, res) => {
        res.json([req.headers.host, req.get('host'), req.hostname, req.socket.remoteAddress]);
      });
    },
    check: async (client, { transport }) => {
      const { json } = await client.request();
      const host = expect.stringMatching(/^localhost:\d+$/);
      expect(json).toEqual([host, host, 'localhost', expect.stringContaining('127.0.0.1')]);
      expect(transport.name).not.toBe('');
    },
  },
];

export const addresses: readonly CompatibilityGroup[] = [
  { package: 'express', part: 'Express addresses', cases: addressCases },
];
