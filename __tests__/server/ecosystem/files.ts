import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import serveStatic from 'serve-static';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const site = join(__dirname, 'site');
const letters = '0123456789abcdefghijklmnopqrstuvwxyz';

const mountStatic: CompatibilityCase['mount'] = (app) => {
  app.use(serveStatic(site, { maxAge: '1h' }));
};

const staticCases: CompatibilityCase[] = [
  {
    title: 'serves a file with type, length and validators',
    mount: mountStatic,
    request: { path: '/letters.txt' },
    reply: {
      status: 200,
      body: letters,
      headers: {
        'content-type': expect.stringContaining('text/plain') as string,
        'content-length': '36',
        'cache-control': 'public, max-age=3600',
        'accept-ranges': 'bytes',
        etag: expect.stringMatching(/^W\/"/) as string,
        'last-modified': expect.any(String) as string,
      },
    },
  },
  {
    title: 'serves the index of a folder and redirects to its slash',
    mount: (app) => void app.use(serveStatic(join(site, '..'))),
    check: async (client) => {
      expect(await client.request('/site/')).toMatchObject({ status: 200 });
      const redirect = await client.request('/site');
      expect(redirect).toMatchObject({ status: 301, headers: { location: '/site/' } });
    },
  },
  {
    title: 'answers one range with 206',
    mount: mountStatic,
    request: { path: '/letters.txt', headers: { range: 'bytes=10-12' } },
    reply: {
      status: 206,
      body: 'abc',
      headers: { 'content-range': 'bytes 10-12/36', 'content-length': '3' },
    },
  },
  {
    title: 'answers an impossible range with 416',
    mount: mountStatic,
    request: { path: '/letters.txt', headers: { range: 'bytes=99-' } },
    reply: { status: 416, headers: { 'content-range': 'bytes */36' } },
  },
  {
    title: 'answers 304 to a matching ETag or date',
    mount: mountStatic,
    check: async (client) => {
      const { headers } = await client.request('/letters.txt');
      const ask = (condition: object) =>
        client.request({ path: '/letters.txt', headers: { ...condition } });
      const notModified = { status: 304, body: '' };
      expect(await ask({ 'if-none-match': headers.etag })).toMatchObject(notModified);
      expect(await ask({ 'if-modified-since': headers['last-modified'] })).toMatchObject(
        notModified,
      );
      expect(await ask({ 'if-none-match': '"other"' })).toMatchObject({ status: 200 });
    },
  },
  {
    title: 'answers HEAD with the headers alone',
    mount: mountStatic,
    request: { method: 'HEAD', path: '/letters.txt' },
    reply: { status: 200, body: '', headers: { 'content-length': '36' } },
  },
  {
    title: 'passes on what it does not have',
    mount: (app, stage) => {
      mountStatic(app, stage);
      app.use((_req, res) => void res.status(404).send('mine'));
    },
    request: { path: '/missing.txt' },
    reply: { status: 404, body: 'mine' },
  },
];

const sendingCases: CompatibilityCase[] = [
  {
    title: 'sends a file with res.sendFile and calls back',
    mount: (app, { journal }) => {
      app.get('/', (_req, res) => {
        res.sendFile('letters.txt', { root: site }, (error) => journal.note(`sent ${error}`));
      });
    },
    check: async (client, { journal }) => {
      expect(await client.request()).toMatchObject({ status: 200, body: letters });
      await journal.until('sent undefined');
    },
  },
  {
    title: 'sends ranges and 304 with res.sendFile',
    mount: (app) => {
      app.get('/', (_req, res) => res.sendFile('letters.txt', { root: site }));
    },
    check: async (client) => {
      const part = await client.request({ headers: { range: 'bytes=-3' } });
      expect(part).toMatchObject({ status: 206, body: 'xyz' });
      const again = { 'if-none-match': part.headers.etag };
      expect(await client.request({ headers: again })).toMatchObject({ status: 304, body: '' });
    },
  },
  {
    title: 'offers a file for download with res.download',
    mount: (app) => {
      app.get('/', (_req, res) => res.download('letters.txt', 'a b.txt', { root: site }));
    },
    reply: {
      status: 200,
      body: letters,
      headers: { 'content-disposition': 'attachment; filename="a b.txt"' },
    },
  },
  {
    title: 'hands a missing file to the error handlers',
    mount: (app) => {
      app.get('/', (_req, res) => res.sendFile('missing.txt', { root: site }));
    },
    reply: { status: 404 },
  },
  {
    title: 'streams a file with pipeline',
    mount: (app, { journal }) => {
      app.get('/', async (_req, res) => {
        await pipeline(createReadStream(join(site, 'letters.txt')), res);
        journal.note('done');
      });
    },
    check: async (client, { journal }) => {
      expect(await client.request()).toMatchObject({ status: 200, body: letters });
      await journal.until('done');
    },
  },
  {
    title: 'streams a file with pipe',
    mount: (app) => {
      app.get('/', (_req, res) => void createReadStream(join(site, 'letters.txt')).pipe(res));
    },
    reply: { status: 200, body: letters },
  },
];

export const files: readonly CompatibilityGroup[] = [
  { package: 'serve-static', cases: staticCases },
  { package: 'express', part: 'Express files', cases: sendingCases },
];
