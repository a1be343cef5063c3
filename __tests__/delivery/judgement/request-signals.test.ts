import type { IncomingHttpHeaders } from 'node:http';
import {
  isPageRequest,
  isRobot,
  mayShowPage,
  refererOf,
  type RoutedRequest,
  savesData,
  seemsAuthenticated,
  urlOf,
} from '../../../lib/delivery/judgement/request-signals';

const get = (headers: IncomingHttpHeaders, url = '/', method = 'GET'): RoutedRequest =>
  ({ method, url, headers }) as RoutedRequest;

const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('page requests', () => {
  it('are navigations, or ask for HTML without Fetch Metadata', () => {
    expect(isPageRequest(get(navigation))).toBe(true);
    expect(isPageRequest(get({ accept: 'text/html,*/*' }))).toBe(true);
    expect(isPageRequest(get({ accept: 'text/html', 'sec-fetch-dest': 'empty' }))).toBe(false);
    expect(isPageRequest(get({ ...navigation, 'sec-fetch-dest': 'iframe' }))).toBe(false);
    expect(isPageRequest(get(navigation, '/', 'POST'))).toBe(false);
    expect(isPageRequest(get({}))).toBe(false);
  });

  it('may come from clients that say nothing of themselves', () => {
    expect(mayShowPage(get({}))).toBe(true);
    expect(mayShowPage(get({ accept: '*/*' }))).toBe(true);
    expect(mayShowPage(get({ accept: 'application/json' }))).toBe(false);
    expect(mayShowPage(get({ 'sec-fetch-dest': 'style', 'sec-fetch-mode': 'no-cors' }))).toBe(
      false,
    );
  });
});

describe('urlOf', () => {
  it('takes the URL the client sent, apart from its query', () => {
    const req = { ...get({}, '/mounted'), originalUrl: '/shop/mounted?a=1#x' } as RoutedRequest;
    expect(urlOf(req)).toEqual({ path: '/shop/mounted', query: '?a=1' });
  });

  it.each(['*', '//other.test/', 'http://other.test/', `/${'x'.repeat(600)}`])(
    'knows no %s',
    (url) => {
      expect(urlOf(get({}, url))).toBeUndefined();
    },
  );
});

describe('refererOf', () => {
  it.each([
    ['https://shop.test/a?b=1', { path: '/a', query: '?b=1' }],
    ['https://shop.test/', { path: '/', query: '' }],
    ['https://shop.test.evil/a', undefined],
    ['https://evil/shop.test/a', undefined],
    ['https://shop.test:8443/a', undefined],
    ['shop.test/a', undefined],
    ['about:blank', undefined],
    ['', undefined],
  ])('of %j is %j', (referer, expected) => {
    expect(refererOf(get({ host: 'shop.test', referer }))).toEqual(expected);
  });
});

describe('signals', () => {
  it('tell who saves data', () => {
    expect(savesData({ 'save-data': 'on' })).toBe(true);
    expect(savesData({ 'save-data': 'off' })).toBe(false);
    expect(savesData({})).toBe(false);
  });
});

describe('isRobot', () => {
  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (compatible; bingbot/2.0) Chrome/140.0 Safari/537.36',
    'facebookexternalhit/1.1',
    'curl/8.5.0',
    'python-requests/2.32',
    'Go-http-client/2.0',
    'Baiduspider/2.0',
  ])('is %s', (agent) => {
    expect(isRobot({ 'user-agent': agent })).toBe(true);
  });

  it.each([
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0',
    'Mozilla/5.0 (Linux; Android 14; CUBOT X50) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
    '',
  ])('is not %s', (agent) => {
    expect(isRobot({ 'user-agent': agent })).toBe(false);
  });
});

describe('seemsAuthenticated', () => {
  const seems = (headers: Record<string, string>, user?: unknown): boolean =>
    seemsAuthenticated({ headers, user } as unknown as RoutedRequest);

  it.each(['connect.sid=1', 'a=b; session=1', 'PHPSESSID=1', 'access_token=1', 'remember_me=1'])(
    'by the cookie %s',
    (cookie) => {
      expect(seems({ cookie })).toBe(true);
    },
  );

  it('by credentials, or by who the app says it is', () => {
    expect(seems({ authorization: 'Bearer x' })).toBe(true);
    expect(seems({}, { id: 1 })).toBe(true);
  });

  it.each(['_ga=GA1.2.3', 'theme=session', 'cart=1x2'])('not by the cookie %s', (cookie) => {
    expect(seems({ cookie })).toBe(false);
  });
});
