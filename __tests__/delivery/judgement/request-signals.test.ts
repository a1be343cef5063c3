import type { IncomingHttpHeaders } from 'node:http';
import {
  isPageRequest,
  mayShowPage,
  refererOf,
  type RoutedRequest,
  savesData,
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
