import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RedisServer } from '../support/redis-server';
import { http1Client } from '../support/test-client';

jest.setTimeout(60_000);

const processes: ChildProcess[] = [];
let redis: RedisServer;

beforeEach(async () => {
  redis = await RedisServer.start();
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

afterEach(async () => {
  for (const child of processes.splice(0)) await end(child);
  await redis.stop();
});

async function startServer(redisPort: number, onError: 'pass' | 'fail') {
  const child = fork(join(__dirname, 'fleet-server.ts'), [String(redisPort), onError], {
    execArgv: ['--import', 'tsx'],
  });
  processes.push(child);
  const [port] = (await once(child, 'message')) as [number];
  const client = http1Client(`http://127.0.0.1:${port}`);
  return (user: string) => client.request({ headers: { 'x-user': user } });
}

describe('a fleet with rate-limit-redis', () => {
  it('shares the counts of two processes through a real Redis', async () => {
    const servers = [await startServer(redis.port, 'fail'), await startServer(redis.port, 'fail')];
    const statuses: number[] = [];
    const left: unknown[] = [];
    for (let i = 0; i < 8; i++) {
      const reply = await servers[i % 2]!('ann');
      statuses.push(reply.status);
      left.push(reply.headers['x-ratelimit-remaining']);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
    expect(left).toEqual(['5', '4', '3', '2', '1', '0', '0', '0']);
    const refused = await servers[0]!('ann');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    expect((await servers[1]!('bob')).headers['x-ratelimit-remaining']).toBe('5');
  });

  it('admits exactly the limit of requests that come to both at once', async () => {
    const servers = [await startServer(redis.port, 'fail'), await startServer(redis.port, 'fail')];
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, index) => servers[index % 2]!('ann')),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(6);
  });

  it('fails or passes without Redis, as passOnStoreError says', async () => {
    const strict = await startServer(redis.port, 'fail');
    const lenient = await startServer(redis.port, 'pass');
    await redis.stop();
    expect((await strict('ann')).status).toBe(500);
    expect((await lenient('ann')).status).toBe(200);
  });
});
