import { between, pick, type Random } from '../random';
import type { Palette } from './palette';

/** What a drawing is made from. It stands on y = 320 of a 400 by 400 canvas, around x = 200. */
export interface Sketch {
  readonly random: Random;
  readonly palette: Palette;
}

type Drawing = (sketch: Sketch) => string;

const wood = '#b98a5e';
const woodDark = '#8a6240';

/** One drawing per category of the shop, by the category's name in addresses. */
export const drawings: Readonly<Record<string, Drawing>> = {
  lamps: lamp,
  chairs: chair,
  mugs: mug,
  vases: vase,
  plants: plant,
  clocks: clock,
  cushions: cushion,
  notebooks: notebook,
};

function lamp({ random, palette }: Sketch): string {
  const top = between(random, 26, 48);
  const bottom = between(random, 72, 96);
  const shade = pick(random, [
    `<path d="M${200 - top} 84H${200 + top}L${200 + bottom} 190H${200 - bottom}Z" fill="url(#body)"/>`,
    `<path d="M${200 - bottom} 190C${200 - bottom} 60 ${200 + bottom} 60 ${200 + bottom} 190Z" fill="url(#body)"/>`,
    `<circle cx="200" cy="140" r="${top + 30}" fill="url(#body)"/>`,
  ]);
  return `${shadow(70)}
<ellipse cx="200" cy="205" rx="150" ry="120" fill="url(#glow)"/>
<rect x="196" y="150" width="8" height="160" rx="4" fill="${palette.accent}"/>
<ellipse cx="200" cy="313" rx="54" ry="11" fill="${palette.accent}"/>
<ellipse cx="200" cy="309" rx="54" ry="11" fill="#fff" opacity=".18"/>
${shade}${stripes(random, 200 - bottom, 90, bottom * 2, 100)}`;
}

function chair({ random, palette }: Sketch): string {
  const round = between(random, 14, 60);
  const back = between(random, 92, 120);
  const slats = random() < 0.4;
  const backrest = slats
    ? Array.from(
        { length: 4 },
        (_, index) =>
          `<rect x="${138 + index * 36}" y="${200 - back}" width="16" height="${back}" rx="8" fill="url(#body)"/>`,
      ).join('') +
      `<rect x="130" y="${190 - back}" width="140" height="24" rx="12" fill="${palette.dark}"/>`
    : `<rect x="128" y="${198 - back}" width="144" height="${back}" rx="${round}" fill="url(#body)"/>`;
  return `${shadow(96)}
<g stroke-linecap="round" stroke-width="11" fill="none"><path d="M150 226L138 300M250 226L262 300" stroke="${woodDark}"/>
<path d="M142 230L122 316M258 230L278 316M158 206V150M242 206V150" stroke="${wood}"/></g>
${backrest}<path d="M118 214Q118 200 134 200H266Q282 200 282 214V222Q282 238 262 238H138Q118 238 118 222Z" fill="${palette.main}"/>
<path d="M118 214Q118 200 134 200H266Q282 200 282 214Q240 222 200 222T118 214Z" fill="${palette.light}"/>
${speckles(random, 132, 204, 136, 28, 30, palette.dark)}`;
}

function mug({ random, palette }: Sketch): string {
  const half = between(random, 62, 80);
  const top = between(random, 150, 186);
  const band = between(random, 215, 262);
  const outline = `M${200 - half} ${top}V270Q${200 - half} 318 ${200 - half + 46} 318H${200 + half - 46}Q${200 + half} 318 ${200 + half} 270V${top}Z`;
  return `${shadow(92)}
<path d="M${200 + half - 6} ${top + 34}c58-14 70 86-4 82" fill="none" stroke="${palette.dark}" stroke-width="18" stroke-linecap="round"/>
<path d="M${200 + half - 6} ${top + 32}c56-14 66 82-4 80" fill="none" stroke="${palette.main}" stroke-width="12" stroke-linecap="round"/>
<clipPath id="shape"><path d="${outline}"/></clipPath><path d="${outline}" fill="url(#body)"/>
<g clip-path="url(#shape)"><rect x="100" y="${band}" width="200" height="90" fill="${palette.accent}" opacity=".55"/>
${speckles(random, 200 - half, top, half * 2, 150, 80, palette.dark)}</g>
<ellipse cx="200" cy="${top}" rx="${half}" ry="17" fill="${palette.light}"/>
<ellipse cx="200" cy="${top + 2}" rx="${half - 9}" ry="12" fill="#4a2f22"/>
<path d="M180 ${top - 26}q-14-22 0-40t0-36M212 ${top - 26}q-14-22 0-40t0-36" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" opacity=".6"/>`;
}

function vase({ random, palette }: Sketch): string {
  const neck = between(random, 16, 34);
  const belly = between(random, 58, 92);
  const foot = between(random, 30, 48);
  const outline = `M${200 - neck} 168C${200 - neck} 205 ${200 - belly} 205 ${200 - belly} 252C${200 - belly} 292 ${200 - foot} 300 ${200 - foot} 318H${200 + foot}C${200 + foot} 300 ${200 + belly} 292 ${200 + belly} 252C${200 + belly} 205 ${200 + neck} 205 ${200 + neck} 168Z`;
  const stems = Array.from({ length: between(random, 3, 5) }, () => stem(random, palette)).join('');
  return `${shadow(76)}${stems}
<clipPath id="shape"><path d="${outline}"/></clipPath><path d="${outline}" fill="url(#body)"/>
<g clip-path="url(#shape)">${speckles(random, 200 - belly, 170, belly * 2, 148, 70, palette.dark)}
<path d="M80 ${between(random, 225, 262)}q60-18 120 0t120 0v22q-60 18-120 0t-120 0z" fill="${palette.accent}" opacity=".6"/></g>
<ellipse cx="200" cy="168" rx="${neck}" ry="7" fill="${palette.dark}"/>`;
}

function stem(random: Random, palette: Palette): string {
  const x = 200 + between(random, -78, 78);
  const y = between(random, 48, 92);
  const buds = Array.from({ length: 5 }, (_, index) => {
    const at = index / 6;
    const budX = Math.round(x + (200 - x) * at + between(random, -10, 10));
    const budY = Math.round(y + (168 - y) * at);
    return `<ellipse cx="${budX}" cy="${budY}" rx="9" ry="5" transform="rotate(${between(random, -60, 60)} ${budX} ${budY})"/>`;
  }).join('');
  return `<path d="M200 172Q${Math.round((200 + x) / 2)} 120 ${x} ${y}" fill="none" stroke="#7d7454" stroke-width="3"/><g fill="${pick(random, [palette.accent, '#c9a86a', '#8f9e6b'])}">${buds}</g>`;
}

function plant({ random, palette }: Sketch): string {
  const long = between(random, 88, 126);
  const wide = between(random, 15, 34);
  const count = between(random, 7, 11);
  const greens = ['#5f8f5a', '#4d7b4c', '#79a56b', '#3f6a45'] as const;
  const leaves = Array.from({ length: count }, (_, index) => {
    const angle = Math.round(-82 + (164 * index) / (count - 1) + between(random, -6, 6));
    const length = long - Math.abs(angle) / 3 + between(random, -12, 8);
    const tip = 244 - length;
    return `<g transform="rotate(${angle} 200 244)"><path d="M200 244C${200 - wide} ${tip + length * 0.5} ${200 - wide} ${tip + 18} 200 ${tip}C${200 + wide} ${tip + 18} ${200 + wide} ${tip + length * 0.5} 200 244Z" fill="${pick(random, [...greens])}"/><path d="M200 240V${tip + 12}" stroke="#fff" stroke-opacity=".28" stroke-width="2"/></g>`;
  }).join('');
  return `${shadow(74)}${leaves}
<path d="M142 236H258L246 308Q244 319 232 319H168Q156 319 154 308Z" fill="url(#body)"/>
<rect x="134" y="226" width="132" height="24" rx="7" fill="${palette.main}"/><rect x="134" y="226" width="132" height="8" rx="4" fill="#fff" opacity=".25"/>
${speckles(random, 160, 256, 80, 54, 34, palette.dark)}`;
}

function clock({ random, palette }: Sketch): string {
  const radius = between(random, 100, 122);
  const hour = between(random, 0, 359);
  const ticks = Array.from({ length: 60 }, (_, index) => {
    const long = index % 5 === 0;
    return `<path d="M200 ${190 - radius + 16}v${long ? 12 : 5}" stroke-width="${long ? 5 : 2}" transform="rotate(${index * 6} 200 190)"/>`;
  }).join('');
  return `<circle cx="212" cy="206" r="${radius}" fill="#000" opacity=".13"/>
<circle cx="200" cy="190" r="${radius}" fill="${pick(random, [palette.dark, wood, palette.main])}"/>
<circle cx="200" cy="190" r="${radius - 9}" fill="${pick(random, ['#fffdf8', palette.light, palette.wall])}"/>
<g stroke="${palette.dark}" stroke-linecap="round">${ticks}</g>
<g stroke-linecap="round"><path d="M200 198V${190 - radius * 0.5}" stroke="${palette.dark}" stroke-width="9" transform="rotate(${hour} 200 190)"/>
<path d="M200 202V${190 - radius * 0.74}" stroke="${palette.dark}" stroke-width="6" transform="rotate(${(hour * 12) % 360} 200 190)"/>
<path d="M200 216V${190 - radius * 0.78}" stroke="${palette.accent}" stroke-width="3" transform="rotate(${between(random, 0, 359)} 200 190)"/></g>
<circle cx="200" cy="190" r="8" fill="${palette.accent}"/>`;
}

function cushion({ random, palette }: Sketch): string {
  const outline =
    'M96 112Q200 132 304 112Q318 108 314 124Q296 214 314 304Q318 320 304 316Q200 298 96 316Q82 320 86 304Q104 214 86 124Q82 108 96 112Z';
  const gap = between(random, 22, 40);
  const lines = Array.from({ length: Math.ceil(300 / gap) }, (_, index) => 60 + index * gap);
  const pattern = pick(random, [
    lines.map((x) => `<path d="M${x} 90V330"/>`).join(''),
    lines.map((x) => `<path d="M${x - 110} 330L${x + 130} 90"/>`).join(''),
    lines.map((x) => `<path d="M${x} 90V330M60 ${x + 30}H340"/>`).join(''),
    lines.map((y) => `<path d="M70 ${y + 40}${'l12-12l12 12'.repeat(11)}" fill="none"/>`).join(''),
  ]);
  return `${shadow(116)}<clipPath id="shape"><path d="${outline}"/></clipPath>
<path d="${outline}" fill="url(#body)"/>
<g clip-path="url(#shape)"><g stroke="${pick(random, [palette.accent, palette.wall, palette.dark])}" stroke-width="${between(random, 3, 9)}" opacity=".6">${pattern}</g>
${speckles(random, 90, 110, 220, 206, 60, palette.dark)}<ellipse cx="200" cy="214" rx="150" ry="120" fill="url(#puff)"/></g>
<path d="${outline}" fill="none" stroke="${palette.dark}" stroke-opacity=".45" stroke-width="3"/>`;
}

function notebook({ random, palette }: Sketch): string {
  const turn = between(random, -9, 9);
  const label = random() < 0.6;
  return `<g transform="rotate(${turn} 200 200)"><rect x="120" y="92" width="178" height="232" rx="8" fill="#000" opacity=".14"/>
<rect x="112" y="84" width="178" height="232" rx="8" fill="#fdfaf3"/><path d="M284 92v216M279 92v216" stroke="#d9d2c4" stroke-width="2"/>
<rect x="106" y="80" width="174" height="232" rx="8" fill="url(#body)"/><rect x="106" y="80" width="26" height="232" rx="8" fill="${palette.dark}" opacity=".75"/>
${speckles(random, 140, 90, 130, 210, 90, palette.light)}
${label ? `<rect x="158" y="126" width="92" height="52" rx="4" fill="#fdfaf3"/><path d="M170 144h68M170 158h44" stroke="${palette.dark}" stroke-width="4" stroke-linecap="round"/>` : stripes(random, 150, 110, 110, 180)}
<rect x="256" y="80" width="7" height="232" fill="${palette.accent}"/></g>
<g transform="rotate(${between(random, 28, 42)} 316 220)"><rect x="310" y="130" width="13" height="150" rx="5" fill="${palette.accent}"/><path d="M310 280h13l-6.5 24z" fill="#e7cfa8"/><path d="M314.5 296h4l-2 8z" fill="#333"/></g>`;
}

function shadow(width: number): string {
  return `<ellipse cx="200" cy="320" rx="${width}" ry="12" fill="#000" opacity=".14"/>`;
}

function stripes(random: Random, x: number, y: number, width: number, height: number): string {
  const count = between(random, 0, 3);
  return Array.from(
    { length: count },
    (_, index) =>
      `<rect x="${x + width * 0.28}" y="${y + Math.round(((index + 1) * height) / (count + 1))}" width="${Math.round(width * 0.44)}" height="3" rx="1.5" fill="#fff" opacity=".4"/>`,
  ).join('');
}

/** The grain of glaze, cloth or paper. */
function speckles(
  random: Random,
  x: number,
  y: number,
  width: number,
  height: number,
  count: number,
  colour: string,
): string {
  const dots = Array.from(
    { length: count },
    () =>
      `<circle cx="${between(random, x, x + width)}" cy="${between(random, y, y + height)}" r="${(0.6 + random() * 1.5).toFixed(1)}"/>`,
  ).join('');
  return `<g fill="${colour}" opacity=".38">${dots}</g>`;
}
