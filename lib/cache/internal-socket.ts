import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Where a request came from, and where to. */
export type Addresses = Pick<
  Socket,
  'remoteAddress' | 'remoteFamily' | 'remotePort' | 'localAddress' | 'localPort'
>;

/** The connection of a request that no client sent: what is written to it goes nowhere, at once. */
export class InternalSocket extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remoteFamily: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly encrypted: boolean;

  /** @param from Who caused the request, and whom middleware takes it to be from. */
  constructor(isEncrypted: boolean, from: Addresses) {
    super();
    this.encrypted = isEncrypted;
    this.remoteAddress = from.remoteAddress;
    this.remoteFamily = from.remoteFamily;
    this.remotePort = from.remotePort;
    this.localAddress = from.localAddress;
    this.localPort = from.localPort;
  }

  override _read(): void {}

  /** Never full: there is no `drain` to wait for, which Node's server would have to pass on. */
  override write(_chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    const written = typeof encoding === 'function' ? encoding : callback;
    if (typeof written === 'function') setImmediate(written as () => void);
    return true;
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
