import { gunzipSync } from 'node:zlib';
import compression from 'compression';
import cors from 'cors';
import helmet from 'helmet';
import responseTime from 'response-time';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const helmetCases: CompatibilityCase[] = [
  {
    title: 'sets its headers and removes x-powered-by',
    mount: (app) => {
      app.use(helmet());
      app.get('/', (_req, res) => void res.send('safe'));
    },
    check: async (client) => {
      const { headers, body } = await client.request();
      expect(body).toBe('safe');
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'strict-transport-security': expect.stringContaining('max-age='),
        'x-content-type-options': 'nosniff',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    },
  },
];

const corsCases: CompatibilityCase[] = [
  {
    title: 'answers a preflight with 204',
    mount: (app) => {
      app.use(cors({ origin: 'https://a.example', credentials: true }));
    },
    request: {
      method: 'OPTIONS',
      headers: {
        origin: 'https://a.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'x-own',
      },
    },
    reply: {
      status: 204,
      body: '',
      headers: {
        'access-control-allow-origin': 'https://a.example',
        'access-control-allow-headers': 'x-own',
        'access-control-allow-credentials': 'true',
      },
    },
  },
  {
    title: 'marks a simple request and sets Vary',
    mount: (app) => {
      app.use(cors({ origin: ['https://a.example'], exposedHeaders: ['x-own'] }));
      app.get('/', (_req, res) => void res.json({ ok: true }));
    },
    request: { headers: { origin: 'https://a.example' } },
    reply: {
      status: 200,
      json: { ok: true },
      headers: {
        'access-control-allow-origin': 'https://a.example',
        'access-control-expose-headers': 'x-own',
        vary: 'Origin',
      },
    },
  },
];

const text = 'compress me '.repeat(500);

const compressionCases: CompatibilityCase[] = [
  {
    title: 'compresses with gzip and varies on Accept-Encoding',
    mount: (app) => {
      app.use(compression());
      app.get('/', (_req, res) => void res.type('text').send(text));
    },
    check: async (client) => {
      const { headers, bytes } = await client.request({ headers: { 'accept-encoding': 'gzip' } });
      expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
      expect(headers).not.toHaveProperty('content-length');
      expect(gunzipSync(bytes).toString()).toBe(text);
    },
  },
  {
    title: 'leaves the body alone for a client that takes no encoding',
    mount: (app) => {
      app.use(compression());
      app.get('/', (_req, res) => void res.type('text').send(text));
    },
    reply: { status: 200, body: text },
  },
  {
    title: 'leaves HEAD and small bodies alone',
    mount: (app) => {
      app.use(compression());
      app.get('/', (_req, res) => void res.type('text').send('small'));
    },
    check: async (client) => {
      const headers = { 'accept-encoding': 'gzip' };
      const got = await client.request({ headers });
      const asked = await client.request({ method: 'HEAD', headers });
      expect([got.body, asked.body]).toEqual(['small', '']);
      expect(got.headers).toMatchObject({ 'content-length': '5' });
      expect(asked.headers).toMatchObject({ 'content-length': '5' });
    },
  },
  {
    title: 'respects back-pressure and drain on a large streamed body',
    mount: (app) => {
      app.use(compression({ level: 1 }));
      app.get('/', (_req, res) => {
        res.type('text');
        let left = 40;
        const write = () => {
          let hasRoom = true;
          while (left > 0 && hasRoom) {
            left -= 1;
            hasRoom = res.write('x'.repeat(50_000));
          }
          if (hasRoom) res.end();
        };
        res.on('drain', write);
        write();
      });
    },
    check: async (client) => {
      const { bytes } = await client.request({ headers: { 'accept-encoding': 'gzip' } });
      expect(gunzipSync(bytes)).toHaveLength(2_000_000);
    },
  },
  {
    title: 'sends what is written on res.flush()',
    mount: (app, { journal }) => {
      app.use(compression());
      app.get('/', (_req, res) => {
        res.type('text');
        res.write('first');
        res.flush();
        void journal.until('first came').then(() => res.end('second'));
      });
    },
    check: async (client, { journal }) => {
      const { body } = await client.open({ headers: { 'accept-encoding': 'gzip' } }).head;
      const chunks: Buffer[] = [];
      for await (const chunk of body) {
        chunks.push(chunk as Buffer);
        journal.note('first came');
      }
      expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe('firstsecond');
    },
  },
];

const responseTimeCases: CompatibilityCase[] = [
  {
    title: 'sets X-Response-Time',
    mount: (app) => {
      app.use(responseTime());
      app.get('/', (_req, res) => void res.end('timed'));
    },
    reply: {
      status: 200,
      body: 'timed',
      headers: { 'x-response-time': expect.stringMatching(/^[\d.]+ms$/) as string },
    },
  },
];

export const responseMiddleware: readonly CompatibilityGroup[] = [
  { package: 'helmet', cases: helmetCases },
  { package: 'cors', cases: corsCases },
  { package: 'compression', cases: compressionCases },
  { package: 'response-time', cases: responseTimeCases },
];
