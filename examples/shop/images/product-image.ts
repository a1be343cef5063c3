import { seededRandom } from '../random';
import type { Product } from '../catalogue';
import { drawings } from './drawings';
import { palettes, type Palette } from './palette';

/** The pictures there are of each product. */
export const imageViews = ['front', 'detail', 'room'] as const;

export type ImageView = (typeof imageViews)[number];

/** Draws a product as SVG; the same product always looks the same. */
export function productImage(product: Product, view: ImageView): string {
  const palette = palettes[product.palette] ?? palettes[0];
  const thing = drawThing(product.category, product.id, palette);
  if (view === 'room') {
    const small = `<g transform="translate(60 112) scale(.7)">${thing}</g>`;
    return svg(palette, `${room(palette)}${small}`);
  }
  const viewBox = view === 'front' ? '0 0 400 400' : '105 110 190 190';
  return svg(palette, `${backdrop}${thing}`, viewBox);
}

/** The wide picture on the home page: one shelf with something of everything. */
export function heroImage(): string {
  const cast = [
    ['vases', 5, 1.05, 30],
    ['lamps', 7, 1.35, 190],
    ['notebooks', 12, 0.7, 440],
    ['plants', 3, 1.2, 600],
  ] as const;
  const things = cast.map(([category, id, scale, x], index) => {
    const palette = palettes[[0, 3, 6, 2][index] ?? 0] ?? palettes[0];
    const y = 470 - 320 * scale;
    // Every drawing brings its own gradients; ids of one document must differ.
    const drawn = `${gradients(palette)}${drawThing(category, id, palette)}`
      .replaceAll('id="', `id="t${index}`)
      .replaceAll('url(#', `url(#t${index}`);
    return `<g transform="translate(${x} ${y}) scale(${scale})">${drawn}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1040 560">
<circle cx="540" cy="250" r="235" fill="#f3cd77" opacity=".34"/><circle cx="820" cy="210" r="120" fill="#84b2c9" opacity=".3"/>
<rect x="40" y="470" width="960" height="16" rx="8" fill="#b98a5e"/><rect x="40" y="482" width="960" height="5" rx="2" fill="#8a6240"/>
<path d="M150 488v44h40M850 488v44h-40" fill="none" stroke="#8a6240" stroke-width="8" stroke-linecap="round"/>${things.join('')}</svg>`;
}

function drawThing(category: string, seed: number, palette: Palette): string {
  const draw = drawings[category];
  if (draw === undefined) throw new RangeError(`no drawing for category ${category}`);
  return draw({ random: seededRandom(seed * 7919 + 17), palette });
}

const backdrop =
  '<rect width="400" height="400" fill="url(#wall)"/><path d="M0 292Q200 276 400 292V400H0Z" fill="url(#ground)"/>';

function room({ wall, floor, accent, main }: Palette): string {
  return `<rect width="400" height="400" fill="${wall}"/><rect y="336" width="400" height="64" fill="${floor}"/>
<rect x="36" y="40" width="112" height="150" rx="6" fill="#fff"/><rect x="44" y="48" width="96" height="134" fill="#d8ebf3"/>
<path d="M92 48v134M44 115h96" stroke="#fff" stroke-width="6"/><path d="M44 182l30-40 24 26 20-22 22 36z" fill="#a9c9a4"/>
<rect x="276" y="66" width="84" height="64" rx="3" fill="#fff"/><rect x="283" y="73" width="70" height="50" fill="${main}" opacity=".5"/><circle cx="318" cy="98" r="15" fill="${accent}" opacity=".75"/>
<rect x="66" y="334" width="268" height="12" rx="6" fill="#b98a5e"/><path d="M92 346l-10 54M308 346l10 54" stroke="#8a6240" stroke-width="9" stroke-linecap="round"/>`;
}

function gradients({ wall, floor, light, main, dark }: Palette): string {
  return `<defs><linearGradient id="wall" x1="0" y1="0" x2="0" y2="1"><stop stop-color="${wall}"/><stop offset="1" stop-color="#fff"/></linearGradient>
<linearGradient id="ground" x1="0" y1="0" x2="0" y2="1"><stop stop-color="${floor}"/><stop offset="1" stop-color="${wall}"/></linearGradient>
<linearGradient id="body"><stop stop-color="${light}"/><stop offset=".45" stop-color="${main}"/><stop offset="1" stop-color="${dark}"/></linearGradient>
<radialGradient id="glow"><stop stop-color="#fff3c4" stop-opacity=".9"/><stop offset="1" stop-color="#fff3c4" stop-opacity="0"/></radialGradient>
<radialGradient id="puff" cx=".4" cy=".35"><stop stop-color="#fff" stop-opacity=".34"/><stop offset="1" stop-color="#000" stop-opacity=".1"/></radialGradient></defs>`;
}

function svg(palette: Palette, content: string, viewBox = '0 0 400 400'): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}">${gradients(palette)}${content}</svg>`;
}
