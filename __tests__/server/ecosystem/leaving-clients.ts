import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Journal } from '../../support/journal';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

function watch(req: Request, res: Response, { note }: Journal): void {
  req.on('aborted', () => note('request aborted'));
  req.on('close', () => note('request close'));
  res.on('finish', () => note('response finish'));
  res.on('close', () => note('response close'));
}

async function endless(res: Response): Promise<void> {
  await pipeline(
    Readable.from(
      (async function* forever() {
        while (true) {
          await new Promise(setImmediate);
          yield 'x'.repeat(10_000);
        }
      })(),
    ),
    res,
  );
}

const silentCase = (title: string, leave: 'abort' | 'disconnect'): CompatibilityCase => ({
  title,
  mount: (app, { journal }) => {
    app.get('/', (req, res) => {
      watch(req, res, journal);
      journal.note('arrived');
    });
  },
  check: async (client, { journal }) => {
    const exchange = client.open({});
    await journal.until('arrived');
    exchange[leave]();
    await Promise.all([journal.until('request close'), journal.until('response close')]);
    expect(journal.entries.toSorted()).toEqual([
      'arrived',
      'request aborted',
      'request close',
      'response close',
    ]);
  },
});

const uploadCase = (title: string, leave: 'abort' | 'disconnect'): CompatibilityCase => ({
  title,
  mount: (app, { journal }) => {
    app.post('/', (req, res) => {
      watch(req, res, journal);
      req.on('data', () => journal.note('data'));
      req.on('end', () => journal.note('end'));
      req.on('error', (error: NodeJS.ErrnoException) =>
        journal.note(`${error.code}, complete: ${req.complete}`),
      );
    });
  },
  check: async (client, { journal }) => {
    const exchange = client.open({ method: 'POST', isOpen: true });
    exchange.upload.on('error', () => {});
    exchange.upload.write('half a');
    await journal.until('data');
    exchange[leave]();
    await Promise.all([journal.until('request close'), journal.until('response close')]);
    expect(journal.entries.toSorted()).toEqual([
      'ECONNRESET, complete: false',
      'data',
      'request aborted',
      'request close',
      'response close',
    ]);
  },
});

const leavingCases: CompatibilityCase[] = [
  silentCase('ends the request and the response, which does not finish', 'abort'),
  silentCase('ends them when the connection breaks, too', 'disconnect'),
  uploadCase('fails a body under way', 'abort'),
  uploadCase('fails a body under way when the connection breaks', 'disconnect'),
  {
    title: 'fails a pipeline from the request',
    mount: (app, { journal }) => {
      app.post('/', (req) => {
        req.once('data', () => journal.note('data'));
        pipeline(req, new PassThrough().resume()).then(
          () => journal.note('whole'),
          (error: NodeJS.ErrnoException) => journal.note(String(error.code)),
        );
      });
    },
    check: async (client, { journal }) => {
      const { upload, abort } = client.open({ method: 'POST', isOpen: true });
      upload.on('error', () => {});
      upload.write('half a');
      await journal.until('data');
      abort();
      await journal.until('ECONNRESET');
      expect(journal.entries).toEqual(['data', 'ECONNRESET']);
    },
  },
  {
    title: 'ends a response under way and stops its pipeline',
    mount: (app, { journal }) => {
      app.get('/', (req, res) => {
        watch(req, res, journal);
        endless(res).catch((error: NodeJS.ErrnoException) => journal.note(String(error.code)));
      });
    },
    check: async (client, { journal }) => {
      const { head, abort } = client.open({});
      const { body } = await head;
      body.on('error', () => {});
      body.once('data', abort);
      await journal.until('ERR_STREAM_PREMATURE_CLOSE');
      await journal.until('response close');
      expect(journal.entries).not.toContain('response finish');
    },
  },
  {
    title: 'makes body parsers report an aborted request',
    mount: (app, { express, journal }) => {
      app.use((req, _res, next) => {
        req.once('data', () => journal.note('data'));
        next();
      });
      app.use(express.text());
      app.use((error: { type?: string }, _req: Request, _res: Response, _next: unknown): void => {
        journal.note(String(error.type));
      });
    },
    check: async (client, { journal }) => {
      const { upload, abort } = client.open({
        method: 'POST',
        isOpen: true,
        headers: { 'content-type': 'text/plain' },
      });
      upload.on('error', () => {});
      upload.write('half a');
      await journal.until('data');
      abort();
      await journal.until('request.aborted');
    },
  },
  {
    title: 'lets a handler go on writing without harm',
    mount: (app, { journal }) => {
      app.get('/', (req, res) => {
        journal.note('arrived');
        res.on('close', () => {
          res.status(200).set('x-late', '1').write('late');
          res.end('later');
          journal.note(`written, aborted: ${req.aborted}, destroyed: ${res.destroyed}`);
        });
      });
    },
    check: async (client, { journal }) => {
      const { abort } = client.open({});
      await journal.until('arrived');
      abort();
      await journal.until('written, aborted: true, destroyed: true');
    },
  },
  {
    title: 'is not seen when the response was complete',
    mount: (app, { journal }) => {
      app.get('/', (req, res) => {
        watch(req, res, journal);
        res.send('complete');
      });
    },
    check: async (client, { journal }) => {
      expect((await client.request()).body).toBe('complete');
      await journal.until('response close');
      expect(journal.entries).toContain('response finish');
      expect(journal.entries).not.toContain('request aborted');
    },
  },
];

export const leavingClients: readonly CompatibilityGroup[] = [
  { package: 'express', part: 'A client that leaves', cases: leavingCases },
];
