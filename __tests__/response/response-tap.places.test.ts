import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { StageFactory } from '../../lib/response/body-stage';
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

describe.each(transports)('the places of a tapped response over $name', (transport) => {
  let server: TestServer | undefined;
  const serve = async (app: Parameters<typeof overHttp2>[0]): Promise<TestServer> => {
    server = await transport.serve(overHttp2(app));
    return server;
  };
  afterEach(() => server?.close());

  it('tells whether a stage was taken, who sees the bytes first, and takes a stage back', async () => {
    const log: string[] = [];
    const told: unknown[] = [];
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      const tap = ResponseTap.of(res);
      told.push(tap.use('transform', noting(log, 'first')));
      told.push(tap.use('transform', noting(log, 'second')));
      told.push(tap.isFirst('transform'), tap.isFirst('coalesce'));
      told.push(tap.use('observe', noting(log, 'observer')), tap.isFirst('transform'));
      tap.withdraw('transform');
      told.push(tap.has('transform'));
      res.end('body');
      told.push(tap.use('transform', noting(log, 'late')));
    });
    await request();
    expect(told).toEqual([true, false, true, false, true, false, false, false]);
    expect(log.filter((one) => !one.endsWith('abandon'))).toEqual(['observer end body']);
  });

  it('tells every observer of a pipe, in the order of registration', async () => {
    const log: string[] = [];
    const { request } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      const tap = ResponseTap.of(res);
      for (const name of ['one', 'two', 'three']) tap.onPipe(() => log.push(name));
      Readable.from(['body']).pipe(res);
    });
    expect((await request()).body).toBe('body');
    expect(log).toEqual(['one', 'two', 'three']);
  });
});
