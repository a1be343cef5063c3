import timeout from 'connect-timeout';
import { rateLimit } from 'express-rate-limit';
import methodOverride from 'method-override';
import morgan from 'morgan';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const morganCases: CompatibilityCase[] = [
  {
    title: 'logs method, path, version, status, length and times',
    mount: (app, { journal }) => {
      const write = (line: string) => journal.note(line.trim().replace(/[\d.]+ ms/g, 'some ms'));
      const format =
        ':method :url HTTP/:http-version :status :res[content-length] :response-time ms :total-time ms';
      app.use(morgan(format, { stream: { write } }));
      app.get('/page', (_req, res) => void res.send('logged'));
    },
    check: async (client, { journal, transport }) => {
      await client.request('/page?a=1');
      const { httpVersion } = transport;
      await journal.until(`GET /page?a=1 HTTP/${httpVersion} 200 6 some ms some ms`);
    },
  },
  {
    title: 'logs the address and user agent in its combined format',
    mount: (app, { journal }) => {
      const write = (line: string) =>
        journal.note(/127\.0\.0\.1 - - .*"GET \/ HTTP.* 404 .*"tester"/.test(line) ? 'ok' : line);
      app.use(morgan('combined', { stream: { write } }));
    },
    check: async (client, { journal }) => {
      await client.request({ headers: { 'user-agent': 'tester' } });
      await journal.until('ok');
    },
  },
];

const rateLimitCases: CompatibilityCase[] = [
  {
    title: 'counts by client address and answers 429',
    mount: (app) => {
      app.use(rateLimit({ limit: 1, windowMs: 60_000, standardHeaders: 'draft-7' }));
      app.get('/', (_req, res) => void res.send('let in'));
    },
    check: async (client) => {
      const first = await client.request();
      const second = await client.request();
      expect(first).toMatchObject({ status: 200, body: 'let in' });
      expect(first.headers.ratelimit).toMatch(/^limit=1, remaining=0/);
      expect(second).toMatchObject({
        status: 429,
        headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
      });
    },
  },
];

const methodOverrideCases: CompatibilityCase[] = [
  {
    title: 'takes the method from a header',
    mount: (app) => {
      app.use(methodOverride());
      app.delete('/', (req, res) => void res.send(`${req.method} ${req.get('x-own')}`));
    },
    request: {
      method: 'POST',
      headers: { 'x-http-method-override': 'DELETE', 'x-own': 'kept' },
    },
    reply: { status: 200, body: 'DELETE kept', headers: { vary: 'X-HTTP-Method-Override' } },
  },
  {
    title: 'takes the method from a form field',
    mount: (app, { express }) => {
      app.use(express.urlencoded({ extended: false }));
      app.use(
        methodOverride((req) => (req as { body?: { _method?: string } }).body?._method ?? ''),
      );
      app.put('/', (req, res) => void res.json([req.method, req.originalUrl]));
    },
    request: {
      body: '_method=put',
      withLength: false,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    reply: { json: ['PUT', '/'] },
  },
];

const timeoutCases: CompatibilityCase[] = [
  {
    title: 'answers 503 when a handler takes too long',
    mount: (app) => {
      app.use(timeout('20ms'));
      app.get('/', () => {});
    },
    reply: { status: 503 },
  },
  {
    title: 'leaves quick handlers alone',
    mount: (app) => {
      app.use(timeout('10s'));
      app.get('/', (req, res) => void res.json(req.timedout));
    },
    reply: { status: 200, json: false },
  },
];

export const requestMiddleware: readonly CompatibilityGroup[] = [
  { package: 'morgan', cases: morganCases },
  { package: 'express-rate-limit', cases: rateLimitCases },
  { package: 'method-override', cases: methodOverrideCases },
  { package: 'connect-timeout', cases: timeoutCases },
];
