import type { RequestHandler } from 'express';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ResponseTap } from '../../lib/response/response-tap';
import { transports } from '../support/transports';
import { CachedSite, statusOf } from './cached-site';

/** Compresses as a stage of the tap does: the head says so, the bytes change at `transform`. */
const gzipped: RequestHandler = (req, res, next) => {
  const tap = ResponseTap.of(res);
  const mayZip = () => req.headers['accept-encoding'] === 'gzip' && !res.hasHeader('X-Plain');
  let isZipped = false;
  tap.onHeaders(() => {
    res.vary('Accept-Encoding');
    isZipped = mayZip() && !res.hasHeader('Content-Encoding');
    if (!isZipped) return;
    res.setHeader('Content-Encoding', 'gzip');
    res.removeHeader('Content-Length');
  });
  tap.use('transform', (sink, tapped) => {
    const parts: Buffer[] = [];
    return {
      heldBytes: 0,
      write(chunk, encoding, callback) {
        parts.push(Buffer.from(chunk as string, encoding));
        if (callback !== undefined) process.nextTick(callback);
        return true;
      },
      end(chunk, encoding, callback) {
        if (chunk !== undefined) parts.push(Buffer.from(chunk as string, encoding));
        tapped.commitHeaders();
        const body = Buffer.concat(parts);
        sink.end(isZipped ? gzipSync(body) : body, undefined, callback);
      },
      flush() {},
      abandon() {},
    };
  });
  next();
};

describe.each(['before', 'after'])('with a transform mounted %s the cache', (place) => {
  it.each(transports)('bytes and head belong together, over $name', async (transport) => {
    let made = 0;
    const site = await CachedSite.open({
      transport,
      before: place === 'before' ? [gzipped] : [],
      routes: (app) => {
        if (place === 'after') app.use(gzipped);
        app.get('/page', (_req, res) => {
          res.set('Cache-Control', 'public, max-age=60').type('html');
          res.write('<h1>Hello</h1>');
          res.end(String(++made));
        });
      },
    });
    for (let i = 0; i < 3; i++) {
      for (const accepted of ['gzip', 'identity']) {
        const reply = await site.ask({ path: '/page', headers: { 'accept-encoding': accepted } });
        const isZipped = reply.headers['content-encoding'] === 'gzip';
        expect(isZipped).toBe(accepted === 'gzip');
        expect(String(isZipped ? gunzipSync(reply.bytes) : reply.bytes)).toMatch(
          /^<h1>Hello<\/h1>\d$/,
        );
        expect(reply.headers['vary']).toBe('Accept-Encoding');
        expect(i === 0 || statusOf(reply).includes('; hit')).toBe(true);
      }
    }
    expect(made).toBe(place === 'before' ? 1 : 2);
    await site.close();
  });
});
