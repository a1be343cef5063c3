import type { IncomingMessage } from 'node:http';
import { isAnonymous, PublicUrls } from '../../../lib/delivery/judgement/public-urls';

const request = (headers: Record<string, string>, socket = {}): IncomingMessage =>
  ({ headers, socket }) as unknown as IncomingMessage;
const answer = (control?: string) => ({
  status: 200,
  header: (name: string) => (name === 'cache-control' ? control : undefined),
});

describe('PublicUrls', () => {
  it('believes nobody with a cookie, until one without gets the same URL', () => {
    const urls = new PublicUrls();
    const [member, stranger] = [request({ cookie: 'a=1' }), request({})];
    expect(urls.judge('/a', member, answer())).toBe(false);
    expect(urls.judge('/a', stranger, answer())).toBe(true);
    expect(urls.judge('/a', member, answer())).toBe(true);
    expect(urls.has('/b')).toBe(false);
  });

  it('believes what is declared public', () => {
    const urls = new PublicUrls();
    expect(urls.judge('/a', request({ cookie: 'a=1' }), answer('public, max-age=0'))).toBe(true);
    expect(urls.judge('/b', request({ cookie: 'a=1' }), answer('s-maxage=60'))).toBe(true);
    expect(urls.judge('/c', request({ cookie: 'a=1' }), answer('max-age=60'))).toBe(false);
  });

  it('forgets', () => {
    const urls = new PublicUrls();
    urls.judge('/a', request({}), answer());
    urls.delete('/a');
    expect(urls.has('/a')).toBe(false);
  });
});

describe('isAnonymous', () => {
  it.each([
    [{}, {}, true],
    [{ cookie: 'a=1' }, {}, false],
    [{ authorization: 'Basic x' }, {}, false],
    [{}, { authorized: true }, false],
    [{}, { authorized: false }, true],
  ])('of %j on %j is %s', (headers, socket, expected) => {
    expect(isAnonymous(request(headers as Record<string, string>, socket))).toBe(expected);
  });
});
