import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const eventCases: CompatibilityCase[] = [
  {
    title: 'sends events one by one while the handler goes on',
    mount: (app, { journal }) => {
      app.get('/', async (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream', connection: 'keep-alive' });
        res.write('data: 1\n\n');
        await journal.until('got data: 1');
        res.write('data: 2\n\n');
        await journal.until('got data: 2');
        res.end();
      });
    },
    check: async (client, { journal }) => {
      const { headers, body } = await client.open({}).head;
      expect(headers['content-type']).toBe('text/event-stream');
      for await (const event of body) journal.note(`got ${String(event).trim()}`);
      expect(journal.entries).toEqual(['got data: 1', 'got data: 2']);
    },
  },
  {
    title: 'opens with res.flushHeaders() before the first event',
    mount: (app, { journal }) => {
      app.get('/', async (_req, res) => {
        res.type('text/event-stream').flushHeaders();
        await journal.until('headers came');
        res.end('data: 1\n\n');
      });
    },
    check: async (client, { journal }) => {
      const { body } = await client.open({}).head;
      journal.note('headers came');
      expect(String(await body.toArray())).toBe('data: 1\n\n');
    },
  },
];

const megabyte = 'x'.repeat(1_000_000);

const writeCases: CompatibilityCase[] = [
  {
    title: 'respects back-pressure and resumes on drain',
    mount: (app, { journal }) => {
      app.get('/', (_req, res) => {
        let left = 5;
        const write = () => {
          let hasRoom = true;
          while (left > 0 && hasRoom) {
            left -= 1;
            hasRoom = res.write(megabyte);
          }
          if (!hasRoom) journal.note(`full: ${res.writableNeedDrain}`);
          else res.end();
        };
        res.on('drain', write);
        write();
      });
    },
    check: async (client, { journal }) => {
      expect((await client.request()).bytes).toHaveLength(5_000_000);
      expect(journal.entries).toEqual(Array.from({ length: 5 }, () => 'full: true'));
    },
  },
  {
    title: 'calls back in order of the writes',
    mount: (app, { journal }) => {
      app.get('/', (_req, res) => {
        res.on('finish', () => journal.note('finish'));
        res.write('one ', () => journal.note('first'));
        res.write('746f20', 'hex', () => journal.note('second'));
        res.end('three', 'utf8', () => journal.note('end'));
      });
    },
    check: async (client, { journal }) => {
      expect((await client.request()).body).toBe('one to three');
      await Promise.all([journal.until('end'), journal.until('finish')]);
      expect(journal.entries.slice(0, 2)).toEqual(['first', 'second']);
    },
  },
  {
    title: 'takes async iterators, typed arrays and cork',
    mount: (app) => {
      app.get('/', async (_req, res) => {
        res.cork();
        res.write(new Uint8Array([97, 98]));
        res.write(Buffer.from('c'));
        res.uncork();
        await pipeline(async function* letters() {
          yield 'd';
          yield Buffer.from('e');
          await Promise.resolve();
          yield 'f';
        }, res);
      });
    },
    reply: { status: 200, body: 'abcdef' },
  },
  {
    title: 'echoes a request body piped to the response',
    mount: (app) => void app.post('/', (req, res) => req.pipe(res)),
    request: { body: megabyte, withLength: false },
    reply: { status: 200, body: megabyte },
  },
  {
    title: 'lets async iterators read the request',
    mount: (app) => {
      app.post('/', async (req, res) => {
        let bytes = 0;
        for await (const chunk of req) bytes += (chunk as Buffer).length;
        res.json({ bytes, complete: req.complete });
      });
    },
    request: { body: megabyte, withLength: false },
    reply: { json: { bytes: 1_000_000, complete: true } },
  },
  {
    title: 'takes a web stream turned into a Node stream',
    mount: (app) => {
      app.get('/', (_req, res) => {
        Readable.fromWeb(new Blob(['from a ', 'blob']).stream() as never).pipe(res);
      });
    },
    reply: { status: 200, body: 'from a blob' },
  },
  {
    title: 'refuses a write after the end and leaves the response whole',
    mount: (app, { journal }) => {
      app.get('/', (_req, res) => {
        res.on('error', () => {});
        res.end('whole');
        res.write('late', (error) => journal.note(String((error as NodeJS.ErrnoException).code)));
      });
    },
    check: async (client, { journal }) => {
      const reply = await client.request();
      expect(reply).toMatchObject({ status: 200, body: 'whole' });
      await journal.until('ERR_STREAM_WRITE_AFTER_END');
    },
  },
];

const respondWith =
  (write: (res: Response) => void): CompatibilityCase['mount'] =>
  (app) =>
    void app.get('/', (_req, res) => write(res));

const headerCases: CompatibilityCase[] = [
  {
    title: 'sends what writeHead gets as an object, which wins over earlier headers',
    mount: respondWith((res) => {
      res
        .setHeader('X-One', 'old')
        .writeHead(201, { 'X-One': 'new', 'x-two': ['a', 'b'] })
        .end();
    }),
    reply: { status: 201, headers: { 'x-one': 'new', 'x-two': 'a, b' } },
  },
  {
    title: 'sends what writeHead gets as a flat list',
    mount: respondWith((res) => {
      res.setHeader('x-one', 'old');
      res.writeHead(200, ['X-One', '1', 'set-cookie', 'a=1', 'set-cookie', 'b=2'] as never).end();
    }),
    reply: { status: 200, headers: { 'x-one': '1', 'set-cookie': ['a=1', 'b=2'] } },
    // Over HTTP/1.1 Node 20 keeps the last of two alike, and takes no pairs.
    httpVersion: '2.0',
  },
  {
    title: 'sends what writeHead gets as a list of pairs',
    mount: respondWith((res) => {
      res.writeHead(200, [
        ['X-One', '1'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ] as never);
      res.end();
    }),
    reply: { status: 200, headers: { 'x-one': '1', 'set-cookie': ['a=1', 'b=2'] } },
    httpVersion: '2.0',
  },
  {
    title: 'sends what setHeaders gets as Headers or Map',
    mount: respondWith((res) => {
      const headers = new Headers({ 'X-One': '1' });
      headers.append('set-cookie', 'a=1');
      headers.append('set-cookie', 'b=2');
      res.setHeaders(headers);
      res.setHeaders(new Map([['x-two', '2']]));
      res.end();
    }),
    reply: { headers: { 'x-one': '1', 'x-two': '2', 'set-cookie': ['a=1', 'b=2'] } },
  },
  {
    title: 'gets, appends, removes and lists headers',
    mount: respondWith((res) => {
      res.setHeader('X-One', ['1', '2']);
      res.set({ 'X-Two': 'two' }).append('x-two', 'more').removeHeader('x-powered-by');
      const names = res.getHeaderNames();
      res.json([res.getHeader('x-one'), res.hasHeader('X-TWO'), res.get('x-two'), names]);
    }),
    reply: { json: [['1', '2'], true, ['two', 'more'], ['x-one', 'x-two']] },
  },
  {
    title: 'takes a status message, without a warning',
    mount: (app, { journal }) => {
      app.get('/', (_req, res) => {
        res.statusMessage = 'Odd';
        journal.note(res.statusMessage);
        res.writeHead(200, 'Odder').end('fine');
      });
    },
    check: async (client, { journal }) => {
      expect(await client.request()).toMatchObject({ status: 200, body: 'fine' });
      expect(journal.entries).toEqual(['Odd']);
    },
  },
  {
    title: 'refuses headers once they have left',
    mount: respondWith((res) => {
      res.write('sent: ');
      try {
        res.setHeader('x-late', '1');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        res.end(`${res.headersSent} ${/HEADERS_SENT/.test(String(code))}`);
      }
    }),
    reply: { body: 'sent: true true' },
  },
  {
    title: 'answers 500 to a header value with a line break',
    mount: respondWith((res) => {
      res.setHeader('x-one', 'line\nbreak').end();
    }),
    reply: { status: 500 },
  },
];

const specialCases: CompatibilityCase[] = [
  {
    title: 'sends trailers with res.addTrailers',
    mount: respondWith((res) => {
      res.setHeader('trailer', 'x-sum');
      res.write('body');
      res.addTrailers({ 'x-sum': '42' });
      res.end();
    }),
    check: async (client) => {
      const { body, trailers } = await client.request();
      expect([body, trailers['x-sum']]).toEqual(['body', '42']);
    },
  },
  {
    title: 'sends Early Hints before the answer',
    mount: respondWith((res) => {
      res.writeEarlyHints({ link: '</app.css>; rel=preload; as=style' });
      res.end('page');
    }),
    check: async (client) => {
      const { early, head } = client.open({});
      expect(String(await (await head).body.toArray())).toBe('page');
      expect(early).toMatchObject([{ link: '</app.css>; rel=preload; as=style' }]);
    },
  },
  {
    title: 'answers Expect: 100-continue',
    mount: (app, { express }) => {
      app.post('/', express.text(), (req, res) => void res.send(req.body));
    },
    request: {
      body: 'continued',
      headers: { expect: '100-continue', 'content-type': 'text/plain' },
    },
    reply: { status: 200, body: 'continued' },
  },
  {
    title: 'answers OPTIONS for a route',
    mount: (app) => void app.get('/', (_req, res) => res.send('x')),
    check: async (client) => {
      const { headers, status } = await client.request({ method: 'OPTIONS' });
      expect(status).toBe(200);
      expect(headers.allow).toMatch(/GET/);
    },
  },
];

export const streaming: readonly CompatibilityGroup[] = [
  { package: 'express', part: 'Server-sent events', cases: eventCases },
  { package: 'express', part: 'Streams', cases: writeCases },
  { package: 'express', part: 'Response headers', cases: headerCases },
  { package: 'express', part: 'Special responses', cases: specialCases },
];
