import { isUnsafePath } from '../../../lib/delivery/judgement/unsafe-paths';
import { type NextPages, writeRuleSet } from '../../../lib/delivery/speculation/rule-set';

const nothing: NextPages = { now: [], rendered: [], soon: [], routes: [] };
const pages: NextPages = { ...nothing, now: ['/a', '/b'], soon: ['/c'] };
const [now, soon] = ['headstart-now', 'headstart-soon'];

function rulesFor(given: NextPages): unknown {
  return JSON.parse(writeRuleSet(given, { unsafePaths: [] }));
}

describe('writeRuleSet', () => {
  it('has all likely pages fetched at once', () => {
    expect(rulesFor(pages)).toEqual({
      prefetch: [
        { tag: now, urls: ['/a', '/b'], eagerness: 'immediate' },
        { tag: soon, urls: ['/c'], eagerness: 'eager' },
      ],
    });
  });

  it('has those rendered that are to be, and fetched no second time', () => {
    expect(rulesFor({ ...pages, rendered: ['/a'] })).toEqual({
      prefetch: [
        { tag: now, urls: ['/b'], eagerness: 'immediate' },
        { tag: soon, urls: ['/c'], eagerness: 'eager' },
      ],
      prerender: [{ tag: now, urls: ['/a'], eagerness: 'immediate' }],
    });
  });

  it('excludes by pattern the actions that are known by word', () => {
    const { prefetch } = rulesFor({ ...nothing, routes: ['/:page'] }) as {
      prefetch: [{ where: { and: [unknown, { not: { href_matches: string[] } }] } }];
    };
    const pattern = new RegExp(`^${prefetch[0].where.and[1].not.href_matches.at(-1)}$`);
    const paths = ['/logout', '/a/delete/1', '/signout', '/add', '/cart/add/7', '/reset'];
    expect(paths.filter((path) => !pattern.test(path) || !isUnsafePath(path, []))).toEqual([]);
    const harmless = ['/', '/address', '/cart/payment', '/presets/new', '/product/1'];
    expect(harmless.filter((path) => pattern.test(path) || isUnsafePath(path, []))).toEqual([]);
  });

  it('leaves out what is empty', () => {
    const rule = { tag: now, urls: ['/a'], eagerness: 'immediate' };
    expect(rulesFor({ ...nothing, now: ['/a'] })).toEqual({ prefetch: [rule] });
    expect(rulesFor({ ...nothing, now: ['/a'], rendered: ['/a'] })).toEqual({ prerender: [rule] });
    expect(rulesFor(nothing)).toEqual({});
  });
});
