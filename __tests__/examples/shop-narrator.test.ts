import { serverPush } from 'headstart';
import { narrate } from '../../examples/shop/narrator';

describe('narrate', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells in one line what one page view taught', () => {
    const { manager } = serverPush();
    const lines: string[] = [];
    narrate(manager, (line) => lines.push(line));
    for (const target of ['/a.css', '/b.js', '/c.js']) {
      manager.emit('learned', { page: '/product/:id', target, clients: 3 });
    }
    expect(lines).toEqual([]);
    jest.runAllTimers();
    expect(lines).toEqual(['learned   /product/:id needs 1 css, 2 js']);
  });

  it('tells at once what a page was given, and of a long list only the beginning', () => {
    const { manager } = serverPush();
    const lines: string[] = [];
    narrate(manager, (line) => lines.push(line));
    manager.emit('delivered', {
      page: '/',
      means: 'early-hints',
      isSent: true,
      targets: ['/static/a.css'],
    });
    manager.emit('delivered', {
      page: '/about',
      means: 'link-header',
      isSent: true,
      targets: ['/1.js', '/2.js', '/3.js', '/4.js', '/5.js', '/6.js'],
    });
    expect(lines).toEqual([
      'hinted    / a.css',
      'linked    /about 1.js, 2.js, 3.js, 4.js and 2 more',
    ]);
  });
});
