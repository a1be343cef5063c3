import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile } from './support/compile';

/**
 * How soon urgent responses are complete, as a multiple of what the line allows, and what that costs
 * bulk: ours, ours with priorities by route, plain Express, and the servers installed from Debian
 * (`apt install h2o nginx-light nghttp2-proxy`), in netlab's emulated networks. Needs root.
 *
 *     npm run build && node --import tsx perf/priorities.ts --reps 5 --profiles cable,4g
 */
const netlab = join(__dirname, '..', '..', 'shared', 'netlab');

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '5' },
    profiles: { type: 'string', default: 'cable,4g,fast3g' },
    signals: { type: 'string', default: 'both,rfc9218,none' },
    scenarios: { type: 'string', default: 'bulk-then-urgent,page-at-once,meenan,bulk' },
    servers: { type: 'string', default: 'ours,routes,plain,h2o,h2o tuned,nginx,nghttpx' },
    parallel: { type: 'string', default: '1' },
    netlab: { type: 'string', default: '' },
    out: { type: 'string', default: '' },
  },
});

/** Nothing urgent: the ratio is the throughput's. */
const bulk = {
  name: 'bulk',
  about: 'Eight downloads of 500 kB and nothing else.',
  warm: [{ size: 100_000, ext: 'png', u: 3, count: 2 }],
  steps: [{ requests: [{ group: 'bulk', size: 500_000, ext: 'bin', u: 6, count: 8 }] }],
  measure: ['bulk'],
  until: 'all',
  timeoutMs: 90_000,
};

function main(): number {
  if (!existsSync(netlab)) {
    console.log('netlab is not here; see ../shared/netlab of the project.');
    return 0;
  }
  const work = mkdtempSync(join(tmpdir(), 'priorities-'));
  try {
    cpSync(netlab, work, { recursive: true });
    writeFileSync(join(work, 'scenarios', 'bulk.json'), JSON.stringify(bulk));
    return bench(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function bench(work: string): number {
  const node = `exec ${process.execPath} ${compile(['priority-server.ts'])}`;
  const ours = ['ours', 'routes', 'plain'].flatMap((kind) => [
    '--server',
    `${kind}=${node} ${kind}`,
  ]);
  const rest = ['reps', 'profiles', 'signals', 'scenarios', 'parallel', 'netlab', 'out'] as const;
  const given = rest.flatMap((key) => [`--${key}`, values[key]]);
  const args = [join(work, 'prio-bench.cjs'), ...ours, '--only', values.servers, ...given];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

process.exitCode = main();
