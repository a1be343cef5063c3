import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAuthFunctions } from './support/auth-functions';
import { issueToken } from './support/auth-keys';
import type { Algorithm } from './support/auth-keys';
import { measureLookupTiming } from './support/auth-timing';
import { describeMachine } from './support/machine';
import { race } from './support/race';
import type { Candidate, Standing } from './support/race';
import { percent, printTable } from './support/table';

/** What a verified token costs: remembered by `lazyAuth`, and verified each time by the others. */
const file = join(__dirname, 'support', 'auth-servers.ts');
/** `none` verifies nothing: no guard can be faster. */
const rivals = ['jose', 'express-jwt', 'oauth2'];
const bodyBytes = 'Hello ann'.length;

/** Where the middleware runs: what a framework costs hides what a middleware saves. */
const places = {
  'h1-node': { protocol: 'h1', frame: 'node' },
  'h2c-node': { protocol: 'h2c', frame: 'node' },
  'h1-express': { protocol: 'h1', frame: 'express' },
  'h2c-express': { protocol: 'h2c', frame: 'express' },
} as const;
type Place = keyof typeof places;

const loads = {
  h1: { connections: 32, streams: 1, isHttp1: true },
  h2c: { connections: 4, streams: 8 },
} as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
    places: { type: 'string', default: Object.keys(places).join() },
    algorithms: { type: 'string', default: 'ES256,RS256,HS256' },
    guards: { type: 'string', default: ['ours', ...rivals, 'none'].join() },
    only: { type: 'string', default: 'functions,timing,public,tokens' },
  },
});
const effort = { rounds: Number(values.rounds), seconds: Number(values.seconds) };

async function candidate(place: Place, guard: string, algorithm: Algorithm): Promise<Candidate> {
  const { protocol, frame } = places[place];
  const { token, verifier } = await issueToken(algorithm);
  return {
    name: `${place} ${algorithm} ${guard}`,
    file,
    args: [protocol, frame, guard, algorithm, verifier],
    load: { ...loads[protocol], bodyBytes, headers: [`authorization: Bearer ${token}`] },
    path: '/me',
  };
}

/** The first is ours; the one called `none` is the limit. */
function print(standings: readonly Standing[], first: Standing): void {
  const none = standings.find(({ name }) => name.endsWith(' none'))?.cpuMicros ?? NaN;
  printTable(
    ['server', 'requests/s', 'spread', 'ours is times', 'µs CPU', 'added to none'],
    standings.map((one) => [
      one.name,
      Math.round(one.requestsPerSecond),
      `± ${percent(one.spread / 2)}`,
      (first.requestsPerSecond / one.requestsPerSecond).toFixed(2),
      Math.round(one.cpuMicros),
      Math.round(one.cpuMicros - none),
    ]),
  );
}

async function raceGuards(place: Place, algorithm: Algorithm, guards: readonly string[]) {
  const candidates = await Promise.all(guards.map((one) => candidate(place, one, algorithm)));
  const standings = await race(candidates, effort);
  const [first] = standings;
  if (first !== undefined) print(standings, first);
}

async function main(): Promise<void> {
  console.log(describeMachine());
  const parts = values.only.split(',');
  const chosen = values.places.split(',') as Place[];
  if (parts.includes('functions')) await measureAuthFunctions();
  if (parts.includes('timing')) await measureLookupTiming();
  for (const place of chosen) {
    if (parts.includes('public')) await raceGuards(place, 'ES256', ['mounted', 'none']);
    if (!parts.includes('tokens')) continue;
    for (const algorithm of values.algorithms.split(',') as Algorithm[]) {
      await raceGuards(place, algorithm, values.guards.split(','));
    }
  }
}

void main();
