import { gzipSync } from 'node:zlib';
import multer from 'multer';
import type { Request, Response } from 'express';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

type Parser = 'json' | 'urlencoded' | 'raw' | 'text';

const echo = (req: Request, res: Response) => {
  const { body } = req;
  if (Buffer.isBuffer(body)) res.json({ bytes: body.toString() });
  else res.json({ body });
};

const parsers: readonly [parser: Parser, type: string, body: string, parsed: object][] = [
  ['json', 'application/json', '{"a":[1,"ä"]}', { body: { a: [1, 'ä'] } }],
  ['urlencoded', 'application/x-www-form-urlencoded', 'a=1&b=%C3%A4', { body: { a: '1', b: 'ä' } }],
  ['raw', 'application/octet-stream', 'some bytes', { bytes: 'some bytes' }],
  ['text', 'text/plain', 'some text', { body: 'some text' }],
];

const lengths = [
  [true, 'with content-length'],
  [false, 'without content-length'],
] as const;

const mountParser =
  (parser: Parser): CompatibilityCase['mount'] =>
  (app, { express }) => {
    app.use(express[parser]({ limit: '1mb', extended: false }));
    app.post('/', echo);
  };

const parsing: CompatibilityCase[] = parsers.flatMap(([parser, type, body, parsed]) =>
  lengths.map(([withLength, how]) => ({
    title: `reads ${type} ${how}`,
    mount: mountParser(parser),
    request: { body, withLength, headers: { 'content-type': type } },
    reply: { status: 200, json: parsed },
  })),
);

const bodyParsing: CompatibilityGroup = {
  package: 'express',
  part: 'Express body parsers',
  cases: [
    ...parsing,
    {
      title: 'reads a body larger than the first flow-control window',
      mount: (app, { express }) => {
        app.use(express.raw({ limit: '1mb' }));
        app.post('/', (req, res) => void res.json(req.body.length));
      },
      request: {
        body: Buffer.alloc(300_000, 'x'),
        withLength: false,
        headers: { 'content-type': 'application/octet-stream' },
      },
      reply: { status: 200, json: 300_000 },
    },
    {
      title: 'unpacks a gzipped body',
      mount: mountParser('json'),
      request: {
        body: gzipSync('{"a":1}'),
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      },
      reply: { json: { body: { a: 1 } } },
    },
    {
      title: 'answers 413 to a body without length that grows too large',
      mount: (app, { express }) => {
        app.use(express.text({ limit: 1000 }));
        app.post('/', echo);
      },
      request: {
        body: 'x'.repeat(2000),
        withLength: false,
        headers: { 'content-type': 'text/plain' },
      },
      reply: { status: 413 },
    },
    {
      title: 'answers 400 to broken JSON',
      mount: mountParser('json'),
      request: { body: '{', headers: { 'content-type': 'application/json' } },
      reply: { status: 400 },
    },
    {
      title: 'leaves requests without a body alone',
      mount: (app, { express }) => {
        app.use(express.json());
        app.all('/', (req, res) => void res.json({ isRead: Object.keys(req.body ?? {}).length }));
      },
      request: { method: 'POST', headers: { 'content-type': 'application/json' } },
      reply: { status: 200, json: { isRead: 0 } },
    },
  ],
};

function multipart(...parts: readonly [name: string, value: string, file?: string][]): string {
  const lines = parts.map(([name, value, file]) => {
    const filename = file === undefined ? '' : `; filename="${file}"`;
    return `--limit\r\ncontent-disposition: form-data; name="${name}"${filename}\r\n\r\n${value}\r\n`;
  });
  return `${lines.join('')}--limit--\r\n`;
}

const multerCases: CompatibilityCase[] = lengths.map(([withLength, how]) => ({
  title: `reads a form with a file ${how}`,
  mount: (app) => {
    app.post('/', multer().single('file'), (req, res) => {
      const { originalname, buffer } = req.file ?? {};
      res.json({ body: req.body, originalname, length: buffer?.length });
    });
  },
  request: {
    body: multipart(['a', 'ä'], ['file', 'x'.repeat(200_000), 'x.txt']),
    withLength,
    headers: { 'content-type': 'multipart/form-data; boundary=limit' },
  },
  reply: {
    status: 200,
    json: { body: { a: 'ä' }, originalname: 'x.txt', length: 200_000 },
  },
}));

export const bodyParsers: readonly CompatibilityGroup[] = [
  bodyParsing,
  { package: 'multer', cases: multerCases },
];
