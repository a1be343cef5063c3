import { join } from 'node:path';
import { Readable, pipeline } from 'node:stream';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const responding: CompatibilityCase[] = [
  {
    title: 'redirects with res.redirect',
    mount: (app) => void app.get('/', (_req, res) => res.redirect(301, '/next?ä')),
    reply: {
      status: 301,
      headers: { location: '/next?%C3%A4' },
      body: 'Moved Permanently. Redirecting to /next?%C3%A4',
    },
  },
  {
    title: 'sets Location with res.location',
    mount: (app) => void app.get('/', (_req, res) => res.status(201).location('/new').end()),
    reply: { status: 201, headers: { location: '/new' }, body: '' },
  },
  {
    title: 'renders a view with ejs',
    mount: (app) => {
      app.set('views', join(__dirname, 'site/views')).set('view engine', 'ejs');
      app.get('/', (_req, res) => res.render('greeting', { name: '<Ann>' }));
    },
    reply: {
      status: 200,
      body: '<p>Hello &lt;Ann&gt;</p>\n',
      headers: { 'content-type': 'text/html; charset=utf-8' },
    },
  },
  {
    title: 'sends JSON and text with an ETag, and 304 when it matches',
    mount: (app) => void app.get('/', (_req, res) => res.json({ a: 'ä' })),
    check: async (client) => {
      const { headers, json } = await client.request();
      expect(json).toEqual({ a: 'ä' });
      const again = await client.request({ headers: { 'if-none-match': headers.etag } });
      expect(again).toMatchObject({ status: 304, body: '' });
    },
  },
  {
    title: 'answers HEAD on a GET route',
    mount: (app) => void app.get('/', (_req, res) => res.send('four')),
    request: { method: 'HEAD' },
    reply: { status: 200, body: '', headers: { 'content-length': '4' } },
  },
  {
    title: 'chooses a format by Accept',
    mount: (app) => {
      app.get('/', (_req, res) => {
        res.format({ text: () => res.send('text'), json: () => res.send({ is: 'json' }) });
      });
    },
    request: { headers: { accept: 'application/json' } },
    reply: { json: { is: 'json' }, headers: { vary: 'Accept' } },
  },
  {
    title: 'runs routers, mounted apps and parameters',
    mount: (app, { express }) => {
      const router = express.Router();
      const inner = express();
      inner.get('/:id', (req, res) => {
        res
          .append('x-seen', 'inner')
          .json([req.baseUrl, req.params.id, req.query, req.originalUrl]);
      });
      router.use('/inner', inner);
      app.use('/outer', router);
    },
    request: { path: '/outer/inner/7?a=1' },
    reply: {
      json: ['/outer/inner', '7', { a: '1' }, '/outer/inner/7?a=1'],
      headers: { 'x-seen': 'inner' },
    },
  },
  {
    title: 'sends no body with 204 and 304, even when given one',
    mount: (app) => {
      app.get('/:status', (req, res) => void res.status(Number(req.params.status)).send('dropped'));
    },
    check: async (client) => {
      expect(await client.request('/204')).toMatchObject({ status: 204, body: '' });
      expect(await client.request('/304')).toMatchObject({ status: 304, body: '' });
    },
  },
  {
    title: 'drops what is written to a 204 by hand',
    mount: (app) => {
      app.get('/', (_req, res) => {
        res.statusCode = 204;
        res.write('dropped');
        res.end('too');
      });
    },
    reply: { status: 204, body: '' },
  },
];

/** The client must not take what it got for the whole response. */
function cutOff(when: string, handler: RequestHandler): CompatibilityCase {
  return {
    title: `cuts the response off when ${when}`,
    mount: (app, { journal }) => {
      app.get(
        '/',
        (_req, res, next) => {
          res.on('finish', () => journal.note('finish'));
          res.on('close', () => journal.note('close'));
          next();
        },
        handler,
      );
    },
    check: async (client, { journal }) => {
      await expect(client.request()).rejects.toThrow(/aborted|hang up|INTERNAL_ERROR/);
      await journal.until('close');
      expect(journal.entries).toEqual(['close']);
    },
  };
}

const failing: CompatibilityCase[] = [
  {
    title: 'answers 500 when a handler throws',
    mount: (app) => {
      app.get('/', () => {
        throw new Error('broken');
      });
    },
    reply: { status: 500, body: expect.stringContaining('broken') as string },
  },
  {
    title: 'answers 500 when an async handler rejects',
    mount: (app) => void app.get('/', async () => Promise.reject(new Error('broken'))),
    reply: { status: 500, body: expect.stringContaining('broken') as string },
    express: [5],
  },
  {
    title: 'gives errors to error handlers, with their status',
    mount: (app) => {
      app.get('/', (_req, _res, next) => {
        setImmediate(() => next({ status: 418, message: 'tea' }));
      });
      const onError: ErrorRequestHandler = (error, _req, res, _next) => {
        res.status(error.status).send(error.message);
      };
      app.use(onError);
    },
    reply: { status: 418, body: 'tea' },
  },
  {
    title: 'answers 404 where no route is',
    mount: () => {},
    reply: { status: 404, body: expect.stringContaining('Cannot GET /') as string },
  },
  cutOff('a handler throws after the headers', (_req, res) => {
    res.write('begun');
    throw new Error('broken');
  }),
  cutOff('a handler passes an error on after the headers', (_req, res, next) => {
    res.write('begun');
    setImmediate(() => next(new Error('broken')));
  }),
  cutOff('the app destroys it', (_req, res) => {
    res.write('begun');
    res.destroy();
  }),
  cutOff('the app destroys it with an error', (_req, res) => {
    res.write('begun');
    res.destroy(new Error('broken'));
  }),
  cutOff('the app destroys the request', (req) => void req.destroy()),
  cutOff('the app destroys the socket', (req) => void req.socket.destroy()),
  cutOff('the source of a pipeline fails', (_req, res) => {
    const source = Readable.from(
      (async function* failing() {
        yield 'begun';
        await Promise.reject(new Error('broken'));
      })(),
    );
    pipeline(source, res, () => {});
  }),
];

export const expressResponses: readonly CompatibilityGroup[] = [
  { package: 'express', part: 'Express responses', cases: responding },
  { package: 'express', part: 'Express errors', cases: failing },
];
