import { createReadStream } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import type { Application, Request, Response } from 'express';
import { messageClasses } from '../../lib/server/message-classes';
import { overHttp2 } from '../../lib/server/over-http2';
import { expressVersions } from '../support/express-versions';
import { Journal } from '../support/journal';
import { transports } from '../support/transports';
import type { TestServer } from '../support/transports';

/** What `morgan`, `send` and many more find the end of a response with; Express brings it along. */
const onFinished = require('on-finished') as (
  res: Response,
  listener: (error: Error | null) => void,
) => void;

/** What Express's own tests found when we ran them over HTTP/2, and what the search led to. */
describe.each(expressVersions)('Express %d', (_major, express) => {
  describe.each(transports)('over $name', ({ serve, httpVersion }) => {
    let app: Application;
    let server: TestServer;
    let journal: Journal;

    const note = (res: Response) => {
      res.on('finish', () => journal.note('finish'));
      res.on('close', () => journal.note('close'));
    };

    beforeEach(async () => {
      app = express();
      app.set('env', 'test');
      journal = new Journal();
      server = await serve(overHttp2(app), messageClasses(app));
    });

    afterEach(() => server.close());

    const answer = (handler: (req: Request, res: Response) => void) => app.use(handler);

    test.each(['Transfer-Encoding', 'connection', 'Keep-Alive', 'Proxy-Connection', 'Upgrade'])(
      'answers although the app sets %s',
      async (name) => {
        answer((_req, res) => {
          res.setHeader(name, 'Transfer-Encoding' === name ? 'chunked' : 'close');
          res.write('streamed');
          res.end();
        });
        const { status, headers, body } = await server.request();
        expect([status, body]).toEqual([200, 'streamed']);
        expect(name.toLowerCase() in headers && httpVersion === '2.0').toBe(false);
      },
    );

    it('answers although writeHead names connection-specific fields', async () => {
      answer((_req, res) => {
        res.writeHead(201, { 'Transfer-Encoding': 'chunked', 'X-Kept': 'yes' });
        res.write('streamed');
        res.end();
      });
      const { status, headers, body } = await server.request();
      expect([status, headers['x-kept'], body]).toEqual([201, 'yes', 'streamed']);
    });

    it('appends no connection-specific field, and other fields in a chain', async () => {
      answer((_req, res) => {
        res.appendHeader('Connection', 'keep-alive').appendHeader('X-Two', 'a');
        res.appendHeader('X-Two', 'b').end();
      });
      expect((await server.request()).headers['x-two']).toBe('a, b');
    });

    it('does not take a HEAD response for finished before it has ended', async () => {
      answer((_req, res) => {
        onFinished(res, () => journal.note(`finished, ended: ${res.writableEnded}`));
        setImmediate(() => setImmediate(() => res.set('X-Late', 'yes').end()));
      });
      const { headers } = await server.request({ method: 'HEAD' });
      expect(headers['x-late']).toBe('yes');
      await journal.until('finished, ended: true');
      expect(journal.entries).toEqual(['finished, ended: true']);
    });

    it('sends a file without its body to HEAD', async () => {
      answer((_req, res) => res.sendFile(__filename, (error) => journal.note(String(error))));
      const { status, bytes } = await server.request({ method: 'HEAD' });
      expect([status, bytes.length]).toEqual([200, 0]);
      await journal.until('undefined');
    });

    it('lets a stream that is piped to a HEAD response run to its end', async () => {
      answer((_req, res) => {
        note(res);
        createReadStream(__filename).pipe(res);
      });
      expect((await server.request({ method: 'HEAD' })).status).toBe(200);
      await journal.until('close');
      expect(journal.entries).toEqual(['finish', 'close']);
    });

    it('calls back once from a pipeline to a HEAD response', async () => {
      answer((_req, res) =>
        pipeline(Readable.from(['a', 'b']), res, (error) => journal.note(String(error))),
      );
      expect((await server.request({ method: 'HEAD' })).status).toBe(200);
      await journal.until('undefined');
      expect(journal.entries).toEqual(['undefined']);
    });

    it('calls back for what is written to a HEAD response, and waits for its end', async () => {
      answer((_req, res) => {
        onFinished(res, () => journal.note('finished'));
        res.write('one', () => {
          journal.note('written');
          setImmediate(() => setImmediate(() => res.end('two', () => journal.note('ended'))));
        });
      });
      const { status, bytes } = await server.request({ method: 'HEAD' });
      expect([status, bytes.length]).toEqual([200, 0]);
      await journal.until('ended');
      expect(journal.entries[0]).toBe('written');
    });

    test.each([204, 304])('drops the body of a %d', async (status) => {
      answer((_req, res) => {
        note(res);
        onFinished(res, (error) => journal.note(`error: ${error}`));
        res.status(status).write('one');
        res.end('two');
      });
      const reply = await server.request();
      expect([reply.status, reply.bytes.length]).toEqual([status, 0]);
      await journal.until('close');
      expect(journal.entries.toSorted()).toEqual(['close', 'error: null', 'finish']);
    });

    it('says that a response was finished when the client left before it was looked at', async () => {
      answer((_req, res) => {
        journal.note('arrived');
        res.on('close', () => onFinished(res, () => journal.note('known as finished')));
      });
      const { abort } = server.open({});
      await journal.until('arrived');
      abort();
      await journal.until('known as finished');
      expect(journal.entries).toEqual(['arrived', 'known as finished']);
    });

    it('says that the client left a HEAD request, once', async () => {
      answer((_req, res) => {
        note(res);
        res.on('close', () => setImmediate(() => res.end(() => journal.note('ended'))));
        journal.note('arrived');
      });
      const { abort } = server.open({ method: 'HEAD' });
      await journal.until('arrived');
      abort();
      await journal.until('close');
      expect(journal.entries).toEqual(['arrived', 'close']);
    });

    it('sends trailers', async () => {
      answer((_req, res) => {
        res.setHeader('Trailer', 'x-one, x-two');
        res.write('body');
        res.addTrailers({ 'x-one': '1', 'x-two': '2' });
        res.end();
      });
      expect((await server.request()).trailers).toMatchObject({ 'x-one': '1', 'x-two': '2' });
    });
  });
});
