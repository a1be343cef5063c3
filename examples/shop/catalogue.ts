import { palettes } from './images/palette';
import { between, pick, seededRandom, type Random } from './random';

export interface Category {
  /** Its name in addresses. */
  readonly slug: string;
  readonly title: string;
  readonly blurb: string;
  readonly icon: string;
}

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly material: string;
  readonly colour: string;
  /** Index into the list of palettes. */
  readonly palette: number;
  readonly description: string;
  readonly stock: number;
  /** Days since it came into the shop. */
  readonly ageDays: number;
}

export interface Review {
  readonly productId: number;
  readonly author: string;
  readonly stars: number;
  readonly text: string;
}

/** What was bought together. */
export interface Order {
  readonly productIds: readonly number[];
}

export interface Catalogue {
  readonly products: readonly Product[];
  readonly reviews: readonly Review[];
  readonly orders: readonly Order[];
}

export const categories: readonly [Category, ...Category[]] = [
  category('lamps', 'Lamps', 'Warm light for late evenings', 'lightbulb'),
  category('chairs', 'Chairs', 'Seats that ask you to stay', 'chair'),
  category('mugs', 'Mugs', 'Thrown, glazed and fired by hand', 'mug-hot'),
  category('vases', 'Vases', 'For one stem or a whole meadow', 'wine-bottle'),
  category('plants', 'Plants', 'Green company, potted', 'seedling'),
  category('clocks', 'Clocks', 'Time, quietly', 'clock'),
  category('cushions', 'Cushions', 'Woven patterns, soft corners', 'couch'),
  category('notebooks', 'Notebooks', 'Paper that lies flat', 'book'),
];

function category(slug: string, title: string, blurb: string, icon: string): Category {
  return { slug, title, blurb, icon };
}

const words = {
  names: ['Alma', 'Birk', 'Cove', 'Dune', 'Elm', 'Fern', 'Gale', 'Holm', 'Iris', 'Juno', 'Kelp'],
  more: ['Lark', 'Moor', 'Nord', 'Otto', 'Pine', 'Rill', 'Sora', 'Tide', 'Ulla', 'Vale', 'Wren'],
  authors: ['Ada', 'Ben', 'Chloé', 'Davor', 'Elif', 'Femi', 'Grete', 'Hugo', 'Ines', 'Jun', 'Kaya'],
  openings: [
    'Exactly as pictured.',
    'Smaller than I thought, and better for it.',
    'A present for my sister, who will not give it back.',
    'Second one I bought.',
    'It has been on my desk for a year now.',
  ],
  closings: [
    'Well packed, quick to arrive.',
    'The colour is warmer in daylight.',
    'I would buy it again.',
    'The finish is honest work.',
    'One small scratch, replaced within days.',
  ],
} as const;

const things: Readonly<Record<string, readonly [noun: string, ...materials: string[]]>> = {
  lamps: ['table lamp', 'linen', 'opal glass', 'brass'],
  chairs: ['chair', 'oak', 'ash', 'wool felt'],
  mugs: ['mug', 'stoneware', 'porcelain', 'earthenware'],
  vases: ['vase', 'stoneware', 'recycled glass', 'terracotta'],
  plants: ['pot plant', 'terracotta', 'concrete', 'glazed clay'],
  clocks: ['wall clock', 'beech', 'steel', 'cork'],
  cushions: ['cushion', 'linen', 'wool', 'organic cotton'],
  notebooks: ['notebook', 'cloth', 'recycled paper', 'cork'],
};

const prices: Readonly<Record<string, readonly [min: number, max: number]>> = {
  lamps: [49, 189],
  chairs: [129, 489],
  mugs: [12, 34],
  vases: [24, 96],
  plants: [18, 74],
  clocks: [39, 149],
  cushions: [29, 79],
  notebooks: [9, 26],
};

/** Makes up a shop: products, what buyers wrote about them, and what was bought together. */
export function generateCatalogue(productCount: number, seed = 20): Catalogue {
  const random = seededRandom(seed);
  const products = Array.from({ length: productCount }, (_, index) => product(random, index + 1));
  return {
    products,
    reviews: products.flatMap((one) =>
      Array.from({ length: between(random, 1, 11) }, () => review(random, one.id)),
    ),
    orders: Array.from({ length: productCount * 4 }, () => order(random, productCount)),
  };
}

function product(random: Random, id: number): Product {
  const { slug } = categories[id % categories.length] ?? categories[0];
  const [noun, ...materials] = things[slug] ?? ['thing'];
  const [min, max] = prices[slug] ?? [10, 100];
  const material = materials[between(random, 0, materials.length - 1)] ?? 'wood';
  const palette = between(random, 0, palettes.length - 1);
  const colour = (palettes[palette] ?? palettes[0]).name;
  const name = `${pick(random, [...words.names, ...words.more])} ${noun}`;
  return {
    id,
    name,
    category: slug,
    priceCents: between(random, min, max) * 100 - pick(random, [0, 5, 10]),
    material,
    colour,
    palette,
    description: `A ${noun} in ${material}, ${colour.toLowerCase()} coloured, made in small numbers. No two are quite alike: grain, glaze and weave keep the traces of the hands that made them.`,
    stock: between(random, 0, 40),
    ageDays: between(random, 1, 720),
  };
}

function review(random: Random, productId: number): Review {
  return {
    productId,
    author: pick(random, words.authors),
    stars: pick(random, [2, 3, 4, 4, 5, 5, 5, 5]),
    text: `${pick(random, words.openings)} ${pick(random, words.closings)}`,
  };
}

/** Most orders stay within a neighbourhood of ids, so that some products do belong together. */
function order(random: Random, productCount: number): Order {
  const first = between(random, 1, productCount);
  const others = Array.from(
    { length: between(random, 1, 4) },
    () => ((first + between(random, -6, 6) - 1 + productCount) % productCount) + 1,
  );
  return { productIds: [...new Set([first, ...others])] };
}
