import { AheadResponses } from '../../lib/multiplexing/ahead-responses';

const origin = 'https://shop.test';
const prerender = { 'sec-purpose': 'prefetch;prerender' };
const from = (page: string) => ({ referer: origin + page });
const document = (path: string) => ({
  ':scheme': 'https',
  ':authority': 'shop.test',
  ':path': path,
});

let ahead: AheadResponses;

beforeEach(() => {
  ahead = new AheadResponses();
});

test('keeps only what is asked for ahead', () => {
  expect(ahead.enter(from('/a'), false)).toBeUndefined();
  expect(ahead.enter({ ...prerender, ...from('/b') }, false)).toEqual({
    page: `${origin}/b`,
    isDocument: false,
    isAwaited: false,
  });
  expect(ahead.size).toBe(1);
});

test.each([
  ['asks for something without a purpose', { ...from('/b') }, false],
  ['asks for a page ahead', { ...prerender, ...from('/b'), ...document('/c') }, true],
])('knows that a page is shown when it %s', (_, headers, isDocument) => {
  const style = ahead.enter({ ...prerender, ...from('/b') }, false);
  const font = ahead.enter({ ...prerender, ...from('/b.css') }, false);
  const changed: string[] = [];
  Object.assign(style ?? {}, { changed: () => changed.push('style') });
  Object.assign(font ?? {}, { changed: () => changed.push('font') });
  ahead.enter(headers, isDocument);
  ahead.enter(headers, isDocument);
  expect([style?.isAwaited, font?.isAwaited]).toEqual([true, true]);
  expect(changed).toEqual(['style', 'font']);
});

test('knows it of the document too, but of no other', () => {
  const one = ahead.enter({ 'sec-purpose': 'prefetch', ...document('/b') }, true);
  const other = ahead.enter({ 'sec-purpose': 'prefetch', ...document('/c') }, true);
  ahead.enter(from('/b'), false);
  expect([one?.isAwaited, other?.isAwaited]).toEqual([true, false]);
});

test('is not misled by the page that has others rendered ahead', () => {
  const image = ahead.enter({ ...prerender, ...from('/b') }, false);
  ahead.enter(from('/a'), false);
  ahead.enter({ ...prerender, ...from('/a'), ...document('/c') }, true);
  expect(image?.isAwaited).toBe(false);
});

test('never awaits what a shown page prefetches for others', () => {
  expect(ahead.enter({ 'sec-purpose': 'prefetch', ...from('/a') }, false)).toBeUndefined();
});

test('awaits what begins late if its page is the one that is shown', () => {
  ahead.enter(from('/b'), false);
  expect(ahead.enter({ ...prerender, ...from('/b') }, false)?.isAwaited).toBe(true);
});

test('forgets what has left', () => {
  const image = ahead.enter({ ...prerender, ...from('/b') }, false);
  if (image !== undefined) ahead.leave(image);
  expect(ahead.size).toBe(0);
});
