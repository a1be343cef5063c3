import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { datasets } from './support/predict-eval';
import { fitPriors, fittingLog } from './support/prior-fitting';

/**
 * Fits `lib/prediction/prior-experience.ts` to the development logs:
 * `node --import tsx perf/fit-priors.ts [--out file]`
 */
function sourceOf(prior: Buffer): string {
  const lines = prior.toString('base64').match(/.{1,160}/g) ?? [];
  return `/** Written by \`perf/fit-priors.ts\`; see \`experience-codec.ts\` for the format. */
const base64 = \`
${lines.join('\n')}
\`;

/**
 * How mixers weigh evidence before they have seen a site: what they learned on public logs. Worths
 * of states and weights of contexts only, no URLs.
 */
export function priorExperience(): Buffer {
  return Buffer.from(base64, 'base64');
}
`;
}

async function main(): Promise<void> {
  const prior = fitPriors(await Promise.all(datasets().map(fittingLog)));
  const out = process.argv[process.argv.indexOf('--out') + 1];
  const file = join(__dirname, '..', 'lib', 'prediction', 'prior-experience.ts');
  writeFileSync(process.argv.includes('--out') && out !== undefined ? out : file, sourceOf(prior));
}

void main();
