import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import compression from 'compression';
import express from 'express';
import session from 'express-session';
import onHeaders from 'on-headers';
import { gunzipSync } from 'node:zlib';
import type {
  BodySink,
  BodyStage,
  StageFactory,
  TappedResponse,
} from '../../lib/response/body-stage';
import { ResponseTap } from '../../lib/response/response-tap';
import { overHttp2 } from '../../lib/server/over-http2';
import { transports } from '../support/transports';
import type { TestServer } from '../support/transports';

/** Notes what passes and passes it on. */
function noting(log: string[], name: string): StageFactory {
  return (next) => ({
    heldBytes: 0,
    write(chunk, encoding, callback) {
      log.push(`${name} write ${String(chunk)}`);
      return next.write(chunk, encoding, callback);
    },
    end(chunk, encoding, callback) {
      log.push(`${name} end ${chunk === undefined ? '' : String(chunk)}`.trim());
      next.end(chunk, encoding, callback);
    },
    flush: () => log.push(`${name} flush`),
    abandon: () => log.push(`${name} abandon`),
  });
}

/** Holds every byte until it is told to let go. */
class Holder implements BodyStage {
  readonly held: Buffer[] = [];
  isEnded = false;

  constructor(
    readonly next: BodySink,
    readonly tapped: TappedResponse,
  ) {}

  get heldBytes(): number {
    return Buffer.concat(this.held).length;
  }

  write(chunk: string | Uint8Array): boolean {
    this.tapped.commitHeaders();
    this.held.push(Buffer.from(chunk as string));
    return this.heldBytes < 16_384;
  }

  end(chunk?: string | Uint8Array): void {
    this.tapped.commitHeaders();
    if (chunk !== undefined) this.held.push(Buffer.from(chunk as string));
    this.isEnded = true;
  }

  letGo(): void {
    const all = Buffer.concat(this.held.splice(0));
    if (this.isEnded) this.next.end(all);
    else this.next.write(all);
    this.tapped.drained();
  }

  flush(): void {}

  abandon(): void {
    this.held.length = 0;
  }
}

describe.each(transports)('a tapped response over $name', (transport) => {
  let server: TestServer | undefined;
  const serve = async (app: Parameters<typeof overHttp2>[0]): Promise<TestServer> => {
    server = await transport.serve(overHttp2(app));
    return server;
  };
  afterEach(() => server?.close());

  it('keeps its own methods until somebody registers', async () => {
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      ResponseTap.of(res);
      res.end(
        JSON.stringify(['write', 'end', 'writeHead'].filter((name) => Object.hasOwn(res, name))),
      );
    });
    expect((await request()).body).toBe('[]');
  });

  it('replaces methods of responses that do not ask it by themselves, and of no others', async () => {
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      const tap = ResponseTap.of(res);
      tap.onHeaders(() => undefined);
      tap.use('gate', noting([], 'gate'));
      const own = ['write', 'end', 'writeHead'].filter((name) => Object.hasOwn(res, name));
      res.write('own: ');
      res.end(String(own.length));
    });
    expect((await request()).body).toBe(`own: ${transport.httpVersion === '2.0' ? 0 : 3}`);
  });

  it('calls observers of the headers once, the last one first, before the headers leave', async () => {
    const calls: string[] = [];
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      ResponseTap.of(res).onHeaders(() => {
        calls.push(`first sees ${String(res.getHeader('x-late'))}, sent: ${res.headersSent}`);
      });
      ResponseTap.of(res).onHeaders(() => {
        calls.push('second');
        res.setHeader('x-late', 'yes');
      });
      res.write('a');
      res.end('b');
    });
    const reply = await request();
    expect(calls).toEqual(['second', 'first sees yes, sent: false']);
    expect(reply.headers['x-late']).toBe('yes');
    expect(reply.body).toBe('ab');
  });

  it('shows observers what writeHead was given, and lets them change it', async () => {
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      ResponseTap.of(res).onHeaders(() => {
        res.setHeader('x-seen', `${res.statusCode} ${String(res.getHeader('x-given'))}`);
        res.statusCode = 202;
      });
      res.setHeader('x-kept', '1');
      res.writeHead(201, { 'x-given': 'g' });
      res.end();
    });
    const { status, headers } = await request();
    expect(status).toBe(202);
    expect(headers).toMatchObject({ 'x-kept': '1', 'x-given': 'g', 'x-seen': '201 g' });
  });

  it('sends the plain response and reports when an observer or a factory throws', async () => {
    const failures: unknown[] = [];
    const note = (failure: unknown) => failures.push(failure);
    subscribe('headstart:failure', note);
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      const tap = ResponseTap.of(res);
      tap.onHeaders(() => {
        throw new Error('observer');
      });
      tap.use('gate', () => {
        throw new Error('factory');
      });
      res.end('whole');
    });
    expect((await request()).body).toBe('whole');
    unsubscribe('headstart:failure', note);
    expect(failures).toEqual([
      { part: 'response', error: new Error('factory') },
      { part: 'response', error: new Error('observer') },
    ]);
  });

  it('lets bytes pass the stages in their order, whatever the order of registration', async () => {
    const log: string[] = [];
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      const tap = ResponseTap.of(res);
      tap.use('gate', noting(log, 'gate'));
      tap.use('transform', noting(log, 'transform'));
      tap.use('coalesce', noting(log, 'coalesce'));
      res.write('a');
      (res as ServerResponse & { flush(): void }).flush();
      res.end('b');
    });
    expect((await request()).body).toBe('ab');
    expect(log.slice(0, 9)).toEqual([
      'transform write a',
      'coalesce write a',
      'gate write a',
      'transform flush',
      'coalesce flush',
      'gate flush',
      'transform end b',
      'coalesce end b',
      'gate end b',
    ]);
  });

  it('gives responses without a body no stages', async () => {
    const log: string[] = [];
    const { request } = await serve((req: IncomingMessage, res: ServerResponse) => {
      ResponseTap.of(res).use('gate', noting(log, 'gate'));
      res.statusCode = req.url === '/304' ? 304 : 200;
      res.end('body');
    });
    expect((await request({ method: 'HEAD' })).status).toBe(200);
    expect((await request('/304')).body).toBe('');
    expect(log).toEqual([]);
  });

  it('reads as ended and with its headers sent while a stage holds the end', async () => {
    const facts: unknown[] = [];
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      let holder: Holder | undefined;
      ResponseTap.of(res).use('gate', (next, tapped) => (holder = new Holder(next, tapped)));
      res.end('held');
      facts.push(res.headersSent, res.writableEnded, res.writableLength >= 4);
      facts.push(res.write('late'), res.end('again') === res);
      setImmediate(() => holder?.letGo());
    });
    expect((await request()).body).toBe('held');
    expect(facts).toEqual([true, true, true, false, true]);
  });

  it('delivers bytes that a stage held past the end', async () => {
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      let holder: Holder | undefined;
      ResponseTap.of(res).use('gate', (next, tapped) => (holder = new Holder(next, tapped)));
      res.write('one ');
      holder?.letGo();
      res.write('two ');
      res.end('three');
      setImmediate(() => holder?.letGo());
    });
    expect((await request()).body).toBe('one two three');
  });

  it('delivers the last bytes when compression replaced write after it and ends with a chunk', async () => {
    const app = express();
    app.use(
      ((_req, res, next) => {
        ResponseTap.of(res).use('gate', (sink, tapped) => {
          const holder = new Holder(sink, tapped);
          res.on('finish', () => holder.abandon());
          setImmediate(function go() {
            if (holder.isEnded) holder.letGo();
            else setImmediate(go);
          });
          return holder;
        });
        next();
      }) satisfies express.RequestHandler,
      compression({ threshold: 0 }),
    );
    app.get('/', (_req, res) => void res.type('text').send('x'.repeat(5000)));
    const { request } = await serve(app);
    const { bytes } = await request({ headers: { 'accept-encoding': 'gzip' } });
    expect(gunzipSync(bytes).toString()).toBe('x'.repeat(5000));
  });

  it('tells a writer to wait while a stage is full, and to go on when it has room', async () => {
    const { request } = await serve(async (_req: IncomingMessage, res: ServerResponse) => {
      let holder: Holder | undefined;
      ResponseTap.of(res).use('gate', (next, tapped) => (holder = new Holder(next, tapped)));
      const hasRoom = res.write('x'.repeat(20_000));
      const needsDrain = res.writableNeedDrain;
      setImmediate(() => holder?.letGo());
      await once(res, 'drain');
      res.end(` ${hasRoom} ${needsDrain} ${res.writableNeedDrain}`);
      holder?.letGo();
    });
    expect((await request()).body).toBe(`${'x'.repeat(20_000)} false true false`);
  });

  it.each([
    ['before', [compression({ threshold: 0 }), tapWith]],
    ['after', [tapWith, compression({ threshold: 0 })]],
  ])('works with compression mounted %s it', async (_where, middleware) => {
    const app = express();
    for (const one of middleware) app.use(one as express.RequestHandler);
    app.get('/', (_req, res) => {
      res.type('text').write('one ');
      res.write('two ');
      res.end('three');
    });
    const { request } = await serve(app);
    const { headers, bytes } = await request({ headers: { 'accept-encoding': 'gzip' } });
    expect(headers['content-encoding']).toBe('gzip');
    expect(headers['x-observed']).toBe('200');
    expect(gunzipSync(bytes).toString()).toBe('one two three');
  });

  it.each(['before', 'after'])(
    'works with express-session and on-headers mounted %s it',
    async (where) => {
      const app = express();
      const others = [
        session({ secret: 's', resave: false, saveUninitialized: true }),
        ((_req, res, next) => {
          onHeaders(res, () => res.setHeader('x-on-headers', 'yes'));
          next();
        }) satisfies express.RequestHandler,
      ];
      if (where === 'before') app.use(others);
      app.use(tapWith as express.RequestHandler);
      if (where === 'after') app.use(others);
      app.get('/', (_req, res) => void res.send('hello'));
      const { request } = await serve(app);
      const { headers, body } = await request();
      expect(body).toBe('hello');
      expect(headers['set-cookie']?.[0]).toMatch(/^connect\.sid=/);
      expect(headers).toMatchObject({ 'x-on-headers': 'yes', 'x-observed': '200' });
    },
  );

  it('tells its stages when the response closed', async () => {
    const log: string[] = [];
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      ResponseTap.of(res).use('gate', noting(log, 'gate'));
      res.on('close', () => log.push('close'));
      res.end('x');
    });
    await request();
    while (!log.includes('gate abandon')) await new Promise(setImmediate);
    expect(log).toContain('gate abandon');
  });
});

function tapWith(_req: IncomingMessage, res: ServerResponse, next: () => void): void {
  const tap = ResponseTap.of(res);
  tap.onHeaders(() => res.setHeader('x-observed', String(res.statusCode)));
  tap.use('coalesce', noting([], 'coalesce'));
  next();
}
