import type { Report } from './predict-eval';

const size = 160;
const gap = 40;
const perLine = 4;

/** Reliability diagrams side by side: confidence to the right, what came true upwards. */
export function calibrationSvg(
  curves: readonly { readonly name: string; readonly report: Report }[],
): string {
  const lines = Math.ceil(curves.length / perLine);
  const step = size + gap;
  const plots = curves.map(({ name, report }, index) => {
    const x = gap + (index % perLine) * step;
    const y = gap + Math.floor(index / perLine) * step;
    const most = Math.max(1, ...report.reliability.map((bin) => bin?.n ?? 0));
    const dots = report.reliability.flatMap((bin) => {
      if (bin === null) return [];
      const radius = (2 + 5 * Math.sqrt(bin.n / most)).toFixed(1);
      const [cx, cy] = [bin.confidence * size, size - bin.hit * size];
      return [`<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="${radius}" fill="#06c"/>`];
    });
    return [
      `<g transform="translate(${x} ${y})"><text y="-8">${name}</text>`,
      `<rect width="${size}" height="${size}" fill="none" stroke="#999"/>`,
      `<path d="M0 ${size}L${size} 0" stroke="#ccc"/>${dots.join('')}</g>`,
    ].join('');
  });
  const [width, height] = [gap + perLine * step, gap + lines * step];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`;
  return `${head} font-family="sans-serif" font-size="12">${plots.join('')}</svg>\n`;
}
