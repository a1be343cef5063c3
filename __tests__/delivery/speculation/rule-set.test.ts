import { isUnsafePath } from '../../../lib/delivery/judgement/unsafe-paths';
import { type NextPages, writeRuleSet } from '../../../lib/delivery/speculation/rule-set';

const pages: NextPages = { now: ['/a', '/b'], soon: ['/c'], routes: [] };
const [now, soon] = ['headstart-now', 'headstart-soon'];

function rulesFor(action: 'prefetch' | 'prerender', given = pages): unknown {
  return JSON.parse(writeRuleSet(given, { action, unsafePaths: [] }));
}

describe('writeRuleSet', () => {
  it('has all likely pages fetched at once', () => {
    expect(rulesFor('prefetch')).toEqual({
      prefetch: [
        { tag: now, urls: ['/a', '/b'], eagerness: 'immediate' },
        { tag: soon, urls: ['/c'], eagerness: 'eager' },
      ],
    });
  });

  it('has only those rendered that wait for no sign', () => {
    expect(rulesFor('prerender')).toEqual({
      prefetch: [{ tag: soon, urls: ['/c'], eagerness: 'eager' }],
      prerender: [{ tag: now, urls: ['/a', '/b'], eagerness: 'immediate' }],
    });
  });

  it('excludes by pattern the actions that are known by word', () => {
    const { prefetch } = rulesFor('prefetch', { now: [], soon: [], routes: ['/:page'] }) as {
      prefetch: [{ where: { and: [unknown, { not: { href_matches: string[] } }] } }];
    };
    const pattern = new RegExp(`^${prefetch[0].where.and[1].not.href_matches.at(-1)}$`);
    const paths = ['/logout', '/a/delete/1', '/signout', '/add', '/cart/add/7', '/reset'];
    expect(paths.filter((path) => !pattern.test(path) || !isUnsafePath(path, []))).toEqual([]);
    const harmless = ['/', '/address', '/cart/payment', '/presets/new', '/product/1'];
    expect(harmless.filter((path) => pattern.test(path) || isUnsafePath(path, []))).toEqual([]);
  });

  it.each(['prefetch', 'prerender'] as const)('leaves out what is empty: %s', (action) => {
    expect(rulesFor(action, { ...pages, now: ['/a'], soon: [] })).toEqual({
      [action]: [{ tag: now, urls: ['/a'], eagerness: 'immediate' }],
    });
    expect(rulesFor(action, { now: [], soon: [], routes: [] })).toEqual({});
  });
});
