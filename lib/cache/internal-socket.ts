import { Duplex } from 'node:stream';

/** The connection of a request that no client sent: what is written to it goes nowhere, at once. */
export class InternalSocket extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  readonly remoteFamily = 'IPv4';
  readonly remotePort = 0;
  readonly localAddress = '127.0.0.1';
  readonly localPort = 0;
  readonly encrypted: boolean;

  constructor(isEncrypted: boolean) {
    super();
    this.encrypted = isEncrypted;
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
