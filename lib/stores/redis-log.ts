import { reportFailure } from '../util/diagnostics';
import { custom, integer, parseOptions, type OptionRules } from '../util/options';
import { entriesOf } from './stream-entries';

/** What a log needs of a client made by `createClient` of the package `redis`, version 5 or 6. */
export interface RedisClient {
  duplicate(): RedisClient;
  connect(): Promise<unknown>;
  destroy(): void;
  sendCommand(args: readonly string[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface RedisLogOptions {
  /** A connected client. A duplicate of it follows the log, on a connection of its own. */
  readonly client?: RedisClient | undefined;
  /** Key of the stream; one for each purpose. @default 'headstart:log' */
  readonly key?: string;
  /** How long entries are kept, in ms. @default 2592000000, 30 days */
  readonly retentionMs?: number;
}

const rules: OptionRules<RedisLogOptions> = {
  client: custom<RedisClient | undefined>('a client of redis', undefined, isClient),
  key: custom('a text', 'headstart:log', (value) => typeof value === 'string' && value !== ''),
  retentionMs: integer(30 * 86_400_000, 1),
};

/** Entries read at once. */
const batch = '1000';

/** First pause after a failure; doubled up to the longest. */
const firstPauseMs = 50;
const longestPauseMs = 5_000;

/**
 * A log that processes share, as a Redis stream: every follower gets every entry, once and in order,
 * also those that came while its connection was lost.
 */
export class RedisLog {
  readonly #client: RedisClient;
  readonly #key: string;
  readonly #retentionMs: number;
  readonly #followers = new Set<Follower>();

  /** @throws TypeError or RangeError for a bad option, and without a client. */
  constructor(options: RedisLogOptions) {
    const { client, key, retentionMs } = parseOptions('RedisLog', options, rules);
    if (client === undefined) throw new TypeError('RedisLog: client must be given');
    this.#client = client;
    this.#key = key;
    this.#retentionMs = retentionMs;
  }

  /** Whether its followers have everything that was in the log a moment ago. */
  get isCurrent(): boolean {
    return [...this.#followers].every((follower) => follower.isCurrent);
  }

  /** Resolves when Redis has it. */
  async append(entry: string): Promise<void> {
    // A stream is ordered by the time of Redis; ours is near enough to trim by.
    const oldest = String(Math.max(0, Date.now() - this.#retentionMs));
    await this.#client.sendCommand(['XADD', this.#key, 'MINID', '~', oldest, '*', 'e', entry]);
  }

  /**
   * Calls `onEntry` with every entry, from the oldest kept on, until `close()`. Failures are
   * published, and it goes on where it was as soon as Redis is back.
   *
   * @returns When the entries that were there have been given. It rejects when that fails at first.
   */
  follow(onEntry: (entry: string) => void): Promise<void> {
    const follower = new Follower(this.#client.duplicate(), this.#key, onEntry);
    this.#followers.add(follower);
    return follower.start();
  }

  /** Ends following. The client that was given stays open. */
  close(): void {
    for (const follower of this.#followers) follower.close();
    this.#followers.clear();
  }
}

class Follower {
  isCurrent = false;
  readonly #client: RedisClient;
  readonly #key: string;
  readonly #onEntry: (entry: string) => void;
  #lastId = '0';
  #isClosed = false;

  constructor(client: RedisClient, key: string, onEntry: (entry: string) => void) {
    this.#client = client;
    this.#key = key;
    this.#onEntry = onEntry;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.on('error', (error) => {
        this.#fail(error);
        reject(error);
      });
      void this.#run(resolve, reject);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.isCurrent = false;
    this.#client.destroy();
  }

  async #run(onCurrent: () => void, onFailure: (error: Error) => void): Promise<void> {
    let pauseMs = firstPauseMs;
    await this.#client.connect().catch(onFailure);
    while (!this.#isClosed) {
      try {
        await this.#read();
        if (this.isCurrent) onCurrent();
        pauseMs = firstPauseMs;
      } catch (error) {
        if (this.#isClosed) return;
        this.#fail(error);
        onFailure(error as Error);
        await pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      }
    }
  }

  /** Reads what is there; waits for more once nothing is. */
  async #read(): Promise<void> {
    const from = ['STREAMS', this.#key, this.#lastId];
    const reply = await this.#client.sendCommand(
      this.isCurrent
        ? ['XREAD', 'COUNT', batch, 'BLOCK', '0', ...from]
        : ['XREAD', 'COUNT', batch, ...from],
    );
    const entries = entriesOf(reply);
    for (const { id, text } of entries) {
      this.#lastId = id;
      this.#onEntry(text);
    }
    if (entries.length === 0) this.isCurrent = true;
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.isCurrent = false;
    reportFailure('RedisLog', error);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function isClient(value: unknown): boolean {
  const { duplicate, sendCommand } = Object(value) as Partial<RedisClient>;
  return typeof duplicate === 'function' && typeof sendCommand === 'function';
}
