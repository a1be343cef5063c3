import { kindOfDestination, kindOfPath } from '../../lib/prediction/resource-kind';

describe('kindOfDestination', () => {
  it.each([
    ['style', 'style'],
    ['script', 'script'],
    ['font', 'font'],
    ['image', 'image'],
    ['empty', 'fetch'],
    ['document', undefined],
    ['worker', undefined],
    ['video', undefined],
    ['', undefined],
  ])('reads %p as %p', (destination, kind) => {
    expect(kindOfDestination(destination)).toBe(kind);
  });
});

describe('kindOfPath', () => {
  it.each([
    ['/app.css', 'style'],
    ['/a/b.min.MJS', 'script'],
    ['/f/inter.woff2?v=3#x', 'font'],
    ['https://cdn.example/hero.webp', 'image'],
    ['/data.json', 'fetch'],
    ['/style.css/', undefined],
    ['/v1.css/download', undefined],
    ['/search?file=a.css', undefined],
    ['/page.html', undefined],
    ['/', undefined],
    ['', undefined],
    ['/.constructor', undefined],
  ])('reads %p as %p', (path, kind) => {
    expect(kindOfPath(path)).toBe(kind);
  });
});
