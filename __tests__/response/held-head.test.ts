import type { ServerResponse } from 'node:http';
import { ResponseTap } from '../../lib/response/response-tap';
import type { BodyStage } from '../../lib/response/body-stage';
import type { DualListener } from '../../lib/server/over-http2';
import { transports } from '../support/transports';
import type { TestServer } from '../support/transports';

let server: TestServer | undefined;
afterEach(() => server?.close());

/** Holds the head, and all bytes, until the end. */
function holdAll(res: ServerResponse): void {
  ResponseTap.of(res).use('coalesce', (sink, tapped): BodyStage => {
    let held = '';
    return {
      get heldBytes() {
        return held.length;
      },
      write(chunk) {
        tapped.holdHeaders();
        held += String(chunk);
        return true;
      },
      end: (chunk, _encoding, callback) => sink.end(held + String(chunk ?? ''), 'utf8', callback),
      flush() {},
      abandon() {},
    };
  });
}

describe.each(transports)('a held head over $name', (transport) => {
  const ask = async (handler: (res: ServerResponse) => void) => {
    const listener = (_req: unknown, res: ServerResponse) => {
      holdAll(res);
      handler(res);
    };
    server = await transport.serve(listener as unknown as DualListener);
    return server.request();
  };

  it('counts as sent from the first byte', async () => {
    const seen: unknown[] = [];
    const { status, headers, body } = await ask((res) => {
      res.setHeader('x-early', '1');
      res.statusCode = 201;
      res.write('a');
      seen.push(res.headersSent, res.writableLength >= 1, res.writableEnded);
      res.statusCode = 500;
      res.end('b');
      seen.push(res.writableEnded);
    });
    expect(seen).toEqual([true, true, false, true]);
    expect({ status, body }).toEqual({ status: 201, body: 'ab' });
    expect(headers['x-early']).toBe('1');
  });

  it.each(['setHeader', 'removeHeader', 'appendHeader', 'writeHead'] as const)(
    'cannot be changed any more by %s',
    async (method) => {
      let code: unknown;
      const { headers, body } = await ask((res) => {
        res.write('a');
        try {
          if (method === 'writeHead') res.writeHead(404);
          else res[method]('x-late', '1');
        } catch (error) {
          code = (error as { code?: unknown }).code;
        }
        res.end('b');
      });
      expect(code).toMatch(/^ERR_HTTP2?_HEADERS_SENT$/);
      expect(headers['x-late']).toBeUndefined();
      expect(body).toBe('ab');
    },
  );

  it('shows its observers the head when the first byte is written', async () => {
    const order: string[] = [];
    const { headers } = await ask((res) => {
      ResponseTap.of(res).onHeaders(() => {
        order.push('observed');
        res.setHeader('x-observed', '1');
      });
      res.write('a');
      order.push('written');
      res.end();
    });
    expect(order).toEqual(['observed', 'written']);
    expect(headers['x-observed']).toBe('1');
  });

  it('leaves with trailers that are added after the first byte', async () => {
    const { body } = await ask((res) => {
      res.write('a');
      res.addTrailers({ 'x-trailer': '1' });
      res.end('b');
    });
    expect(body).toBe('ab');
  });
});
