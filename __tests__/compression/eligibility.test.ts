import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { judge } from '../../lib/compression/eligibility';

function verdict(
  headers: Readonly<Record<string, string | number>> = {},
  {
    method = 'GET',
    status = 200,
    bytes,
  }: { method?: string; status?: number; bytes?: number } = {},
) {
  const req = Object.assign(new IncomingMessage(new Socket()), { method });
  const res = new ServerResponse(req);
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  return judge(req, res, 1024, bytes);
}

describe('judge()', () => {
  it('compresses what is long enough, or of unknown length', () => {
    expect(verdict()).toBe('compress');
    expect(verdict({}, { bytes: 1024 })).toBe('compress');
    expect(verdict({ 'Content-Length': 1024 })).toBe('compress');
    expect(verdict({ 'Content-Encoding': 'identity' })).toBe('compress');
    expect(verdict({}, { status: 404 })).toBe('compress');
  });

  it('believes the header before the body', () => {
    expect(verdict({ 'Content-Length': 5000 }, { bytes: 0 })).toBe('compress');
    expect(verdict({ 'Content-Length': '20' }, { bytes: 5000 })).toBe('identity');
  });

  it.each(['no-transform', 'public,no-transform', 'max-age=1 , No-Transform ,public'])(
    'does not touch Cache-Control: %s',
    (value) => expect(verdict({ 'Cache-Control': value })).toBe('untouched'),
  );

  it('is not taken in by the name of another directive', () => {
    expect(verdict({ 'Cache-Control': 'x-no-transform, no-transformation' })).toBe('compress');
  });

  it.each([100, 103, 204, 205, 206, 304])('leaves status %d alone', (status) => {
    expect(verdict({}, { status })).toBe('identity');
  });

  it.each(['Content-Digest', 'Repr-Digest', 'Digest', 'Content-MD5', 'Content-Range'])(
    'leaves a body with %s alone',
    (name) => expect(verdict({ [name]: 'x' })).toBe('identity'),
  );

  it('leaves HEAD, short bodies and encoded ones alone', () => {
    expect(verdict({}, { method: 'HEAD' })).toBe('identity');
    expect(verdict({}, { bytes: 1023 })).toBe('identity');
    expect(verdict({ 'Content-Encoding': 'br' })).toBe('identity');
  });
});
