import { seededRandom } from '../../examples/shop/random';

/** Where visitors go from the pages of a kind, and how likely. */
interface Crossroads {
  /** Pages this is for, by the beginning of their path. */
  readonly at: string;
  /** A path, or the beginning of one with the number of the link among those that begin so. */
  readonly to: readonly (readonly [path: string, nth: number, chance: number])[];
}

const card = '/product/';

const crossroads: Readonly<Record<string, readonly Crossroads[]>> = {
  shop: [
    {
      at: '/category/',
      to: [
        [card, 0, 0.5],
        [card, 1, 0.3],
        [card, 2, 0.2],
      ],
    },
    {
      at: '/catalogue',
      to: [
        [card, 0, 0.45],
        [card, 1, 0.25],
        ['/category/mugs', -1, 0.3],
      ],
    },
    {
      at: '/product/',
      to: [
        [card, 0, 0.45],
        ['/catalogue', -1, 0.35],
        [card, 1, 0.2],
      ],
    },
    {
      at: '/',
      to: [
        ['/catalogue', -1, 0.55],
        ['/category/lamps', -1, 0.3],
        [card, 0, 0.15],
      ],
    },
  ],
  'admin-lte': [
    {
      at: '/pages/widgets.html',
      to: [
        ['/pages/calendar.html', -1, 0.55],
        ['/pages/gallery.html', -1, 0.3],
        ['/pages/kanban.html', -1, 0.15],
      ],
    },
    {
      at: '/pages/calendar.html',
      to: [
        ['/pages/gallery.html', -1, 0.6],
        ['/pages/widgets.html', -1, 0.4],
      ],
    },
    {
      at: '/pages/gallery.html',
      to: [
        ['/pages/kanban.html', -1, 0.6],
        ['/pages/calendar.html', -1, 0.4],
      ],
    },
    {
      at: '/pages/kanban.html',
      to: [
        ['/pages/widgets.html', -1, 0.6],
        ['/pages/gallery.html', -1, 0.4],
      ],
    },
    {
      at: '/',
      to: [
        ['/pages/widgets.html', -1, 0.55],
        ['/pages/calendar.html', -1, 0.3],
        ['/pages/gallery.html', -1, 0.15],
      ],
    },
  ],
};

/** Paths of the links of a page, in order, each once; those to the page itself left out. */
export function linksOf(html: string, page: string): string[] {
  const found = [...html.matchAll(/<a\s[^>]*href="([^"#?]+)"/g)]
    .filter(([tag]) => !tag.includes('tabindex="-1"'))
    .map(([, href = '']) => new URL(href, `https://site.test${page}`).pathname);
  return [...new Set(found)].filter((path) => path !== page);
}

/** Chooses the ways of visitors; the same seed gives the same ways. */
export class Walks {
  readonly #site: string;
  readonly #random: () => number;

  constructor(site: string, seed: number) {
    this.#site = site;
    this.#random = seededRandom(seed);
  }

  /** The page after one, among its links; `undefined` where the way ends. */
  next(page: string, links: readonly string[]): string | undefined {
    const here = crossroads[this.#site]?.find(({ at }) => page.startsWith(at));
    let left = this.#random();
    for (const [to, nth, chance] of here?.to ?? []) {
      left -= chance;
      if (left > 0) continue;
      const matching = nth < 0 ? [to] : links.filter((one) => one.startsWith(to));
      return matching[Math.max(0, nth)];
    }
    return undefined;
  }
}
