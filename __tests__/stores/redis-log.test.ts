import { createClient } from 'redis';
import { lazyAuth } from '../../lib/auth/lazy-auth';
import { RedisLog } from '../../lib/stores/redis-log';
import { bearer } from '../auth/requests';
import { collectFailures } from '../support/failures';
import { Journal } from '../support/journal';
import { RedisServer } from '../support/redis-server';

type Client = Awaited<ReturnType<typeof connect>>;

let redis: RedisServer;
const logs: RedisLog[] = [];
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  redis = await RedisServer.start();
});
afterEach(async () => {
  for (const log of logs.splice(0)) log.close();
  for (const client of clients.splice(0)) client.destroy();
  await redis.stop();
});

async function connect(options: { readonly RESP?: 2 | 3 } = {}) {
  const client = createClient({ url: redis.url, ...options });
  client.on('error', () => {});
  clients.push(client);
  await client.connect();
  return client;
}

/** A log as one process has it. */
async function logOf(options: { retentionMs?: number; client?: Client } = {}): Promise<RedisLog> {
  const log = new RedisLog({ client: options.client ?? (await connect()), ...options });
  logs.push(log);
  return log;
}

describe('RedisLog', () => {
  it.each([2, 3] as const)('gives all entries to all, in order, over RESP%d', async (RESP) => {
    const one = await logOf({ client: await connect({ RESP }) });
    const two = await logOf({ client: await connect({ RESP }) });
    await one.append('a');
    await two.append('b');
    const journals = [new Journal(), new Journal()];
    await Promise.all([one.follow(journals[0]!.note), two.follow(journals[1]!.note)]);
    for (const journal of journals) expect(journal.entries).toEqual(['a', 'b']);
    await one.append('c');
    for (const journal of journals) {
      await journal.until('c');
      expect(journal.entries).toEqual(['a', 'b', 'c']);
    }
    expect(one.isCurrent).toBe(true);
  });

  it('gives more entries than it reads at once', async () => {
    const log = await logOf();
    const all = Array.from({ length: 2_500 }, (_, index) => String(index));
    await Promise.all(all.map((one) => log.append(one)));
    const journal = new Journal();
    await log.follow(journal.note);
    expect(journal.entries).toEqual(all);
  });

  it('forgets what is older than the retention', async () => {
    const client = await connect();
    const log = await logOf({ client, retentionMs: 1_000 });
    const old = String(Date.now() - 5_000);
    for (let i = 0; i < 500; i++) {
      await client.sendCommand(['XADD', 'headstart:log', `${old}-${i}`, 'e', 'old']);
    }
    await log.append('new');
    expect(await client.xLen('headstart:log')).toBeLessThan(500);
  });

  it('goes on where it was after the connection was lost', async () => {
    const failures = collectFailures();
    const [watched, admin] = [await connect(), await connect()];
    const log = await logOf({ client: watched });
    const journal = new Journal();
    await log.follow(journal.note);
    await log.append('before');
    await journal.until('before');
    await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    const other = await logOf({ client: admin });
    await other.append('meanwhile');
    await journal.until('meanwhile');
    expect(journal.entries).toEqual(['before', 'meanwhile']);
    expect(failures.stop().map(({ part }) => part)).toContain('RedisLog');
  });

  it('is current again after Redis went and came back', async () => {
    const log = await logOf();
    const journal = new Journal();
    await log.follow(journal.note);
    await redis.stop();
    while (log.isCurrent) await new Promise(setImmediate);
    await redis.startAgain();
    while (!log.isCurrent) await new Promise(setImmediate);
    await log.append('after');
    await journal.until('after');
    expect(journal.entries).toEqual(['after']);
  });

  it('rejects at first when Redis is away, and follows when it comes', async () => {
    const client = await connect();
    await redis.stop();
    const log = await logOf({ client });
    const journal = new Journal();
    await expect(log.follow(journal.note)).rejects.toThrow('ECONNREFUSED');
    expect(log.isCurrent).toBe(false);
    await redis.startAgain();
    while (!log.isCurrent) await new Promise(setImmediate);
  });

  it('ends following when it is closed, and leaves the given client open', async () => {
    const client = await connect();
    const log = await logOf({ client });
    await log.follow(() => {});
    log.close();
    expect(await client.ping()).toBe('PONG');
  });

  it.each([
    [{}, 'client must be given'],
    [{ client: {} }, 'client must be a client of redis'],
    [{ key: '' }, 'key must be a text'],
  ])('refuses %j', (options, message) => {
    expect(() => new RedisLog(options as never)).toThrow(message);
  });
});

describe('lazyAuth with a RedisLog', () => {
  const issued = Math.floor(Date.now() / 1000) - 10;
  const verify = (token: string) => ({ sub: token, iat: issued });
  const processOf = async () =>
    lazyAuth({ verify, revocationLog: await logOf(), withoutLog: 'refuse' });
  const isIn = async (auth: Awaited<ReturnType<typeof processOf>>, token: string) =>
    (await auth.of(bearer(token)).user()) !== undefined;

  it('refuses in one process what another revoked, although it is remembered', async () => {
    const [one, two] = [await processOf(), await processOf()];
    for (const token of ['ann', 'bob', 'cyd']) expect(await isIn(two, token)).toBe(true);
    await one.revoke({ token: 'ann' });
    await one.revoke({ subject: 'bob' });
    while (two.stats.revocations < 2) await new Promise(setImmediate);
    expect([await isIn(two, 'ann'), await isIn(two, 'bob'), await isIn(two, 'cyd')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('refuses in a process that starts later what was revoked before', async () => {
    const one = await processOf();
    await one.revoke({ token: 'ann' });
    const two = await processOf();
    expect(await isIn(two, 'ann')).toBe(false);
  });

  it('writes no credential to Redis', async () => {
    const client = await connect();
    const one = await processOf();
    await one.revoke({ token: 'very-secret' });
    const stored = JSON.stringify(await client.sendCommand(['XRANGE', 'headstart:log', '-', '+']));
    expect(stored).toContain('token');
    expect(stored).not.toContain('very-secret');
  });

  it('lets nobody in while Redis is away, if told so', async () => {
    const one = await processOf();
    expect(await isIn(one, 'ann')).toBe(true);
    await redis.stop();
    const errors: unknown[] = [];
    while (errors.length === 0) {
      await new Promise(setImmediate);
      await isIn(one, 'ann').catch((error: unknown) => errors.push(error));
    }
    expect(errors[0]).toMatchObject({ code: 'ERR_AUTH_UNAVAILABLE' });
  });
});
