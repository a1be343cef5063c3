import { isShareable, staysFresh } from '../../../lib/delivery/judgement/shareable-response';

const respond = (headers: Record<string, string | string[]> = {}, status = 200) => ({
  status,
  header: (name: string) => headers[name],
});

describe('isShareable', () => {
  it.each([
    [{}],
    [{ 'cache-control': 'public, max-age=0' }],
    [{ 'cache-control': 'no-cache' }],
    [{ vary: 'Accept-Encoding' }],
  ])('is true of a response with %j', (headers) => {
    expect(isShareable({}, respond(headers))).toBe(true);
    expect(isShareable({}, respond(headers, 304))).toBe(true);
  });

  it.each([
    [{ 'cache-control': 'private' }],
    [{ 'cache-control': 'max-age=1,No-Store' }],
    [{ 'cache-control': 'private="x-user"' }],
    [{ 'cache-control': ['max-age=1', 'private'] }],
    [{ 'set-cookie': 'a=1' }],
    [{ vary: 'Accept, Cookie' }],
    [{ vary: '*' }],
  ])('is false of a response with %j', (headers) => {
    expect(isShareable({}, respond(headers))).toBe(false);
  });

  it.each([201, 206, 301, 404, 500])('is false of status %d', (status) => {
    expect(isShareable({}, respond({}, status))).toBe(false);
  });

  it('is false where credentials were needed', () => {
    expect(isShareable({ authorization: 'Bearer x' }, respond())).toBe(false);
  });
});

describe('staysFresh', () => {
  const now = 'Mon, 01 Jan 2026 00:00:00 GMT';
  const later = 'Mon, 01 Jan 2026 01:00:00 GMT';

  it.each<[Record<string, string>, boolean]>([
    [{ 'cache-control': 'public, max-age=60' }, true],
    [{ 'cache-control': 'max-age=60, no-cache' }, false],
    [{ 'cache-control': 'public, max-age=0', 'last-modified': now }, false],
    [{ 'cache-control': 's-maxage=60' }, false],
    [{ expires: later, date: now }, true],
    [{ expires: now, date: later }, false],
    [{ expires: '0', date: now }, false],
    [{ 'last-modified': now }, true],
    [{ etag: '"x"' }, false],
    [{}, false],
  ])('for %j is %j', (headers, expected) => {
    expect(staysFresh(respond(headers))).toBe(expected);
  });
});
