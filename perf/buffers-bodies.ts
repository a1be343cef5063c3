/** The bodies that `perf/buffers.ts` has its servers send, and their lengths. */
export const line = `${'<li>a line of a page, as a template engine writes it</li>'.padEnd(63)}\n`;

export const kilobyte = `${'one kilobyte of text. '.repeat(47).slice(0, 1023)}\n`;

/** 10 KB of HTML as a component renderer or a loop in a template writes it: tags, attributes, text. */
export const pagePieces: readonly string[] = makePage();

function makePage(): string[] {
  const pieces = ['<!doctype html>', '<html lang="en"><head><title>Shop</title></head><body><ul>'];
  let bytes = pieces.join('').length;
  for (let i = 0; bytes < 10_000; i++) {
    const item = [
      '<li class="product">',
      `<a href="/product/tea-${i}">`,
      `Tea number ${i}, from the garden at the foot of the hill`,
      '</a>',
      `<span class="price">${(i * 7) % 30}.50 €</span>`,
      '</li>\n',
    ];
    pieces.push(...item);
    bytes += Buffer.byteLength(item.join(''));
  }
  return [...pieces, '</ul>', '</body></html>'];
}

const product = {
  id: 'tea-042',
  name: 'Assam, second flush',
  price: 12.5,
  tags: ['black', 'loose'],
};
const bytesPerProduct = JSON.stringify(product).length + 1;
const lists = new Map<number, object>();

/** A list of products of about so many KiB. */
export function jsonOf(kib: number): object {
  let list = lists.get(kib);
  if (list === undefined) {
    const length = Math.round((kib * 1024) / bytesPerProduct);
    list = { products: Array.from({ length }, () => product) };
    lists.set(kib, list);
  }
  return list;
}

export function staticBytes(kib: number): string {
  return `.rule { margin: 0 auto; padding: 1rem 2rem; color: #333 }\n`
    .repeat(kib * 18)
    .slice(0, kib * 1024);
}

export interface Scenario {
  readonly name: string;
  /** Asked for in this order, again and again. */
  readonly paths: readonly string[];
}

const mix = [
  '/page',
  '/json/2',
  '/page',
  '/page',
  '/static/50.css',
  '/page',
  '/json/2',
  '/page',
  '/json/2',
  '/page',
];

export const scenarios: readonly Scenario[] = [
  { name: '1000 × 64 B', paths: ['/lines'] },
  { name: '200 × 1 KB', paths: ['/kilobytes'] },
  { name: 'page of 10 KB in pieces', paths: ['/page'] },
  { name: 'JSON 1 KB', paths: ['/json/1'] },
  { name: 'JSON 10 KB', paths: ['/json/10'] },
  { name: 'JSON 100 KB', paths: ['/json/100'] },
  { name: 'page mix', paths: mix },
];
