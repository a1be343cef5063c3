import { depthOf, foldersOf, sharedFolders } from '../../lib/prediction/folders';

const shared = (one: string, other: string): number =>
  sharedFolders(foldersOf(one), foldersOf(other));

describe('the folders of a URL', () => {
  it('are counted up to three', () => {
    const depths = ['/', '/a.css', '/a/', '/a/b.css', '/a/b/c/d/e.css'].map(foldersOf).map(depthOf);
    expect(depths).toEqual([0, 0, 1, 1, 3]);
  });

  it('end where the query begins', () => {
    expect(depthOf(foldersOf('/a/b?from=/c/d/'))).toBe(1);
  });

  it('are shared from the root on', () => {
    expect(shared('/talks/one/', '/talks/one/css/main.css')).toBe(2);
    expect(shared('/talks/one/', '/talks/two/css/main.css')).toBe(1);
    expect(shared('/talks/one/', '/one/talks/main.css')).toBe(0);
    expect(shared('/talks/one/', '/style.css')).toBe(0);
  });
});
