import { constants } from 'node:http2';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { Allowance } from '../util/allowance';
import { headerBytes } from './header-bytes';
import type { ServerOptions } from './server-options';

type Limits = Pick<
  Required<ServerOptions>,
  | 'streamBurst'
  | 'streamsPerSecond'
  | 'resetBurst'
  | 'resetsPerSecond'
  | 'headerByteBurst'
  | 'headerBytesPerSecond'
>;

/**
 * What one HTTP/2 session may do: open streams, have them reset, send headers. A session that does more is ended with
 * `ENHANCE_YOUR_CALM` (RFC 9113 section 7). Headers count even where the request is refused for
 * their size, and resets even where the client made the server reset (CVE-2025-8671).
 */
export class SessionLimits {
  readonly #limits: Limits;
  readonly #clock: () => number;

  constructor(limits: Limits, clock: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#clock = clock;
  }

  watch(session: ServerHttp2Session): void {
    const limits = this.#limits;
    const streams = this.#allowance(limits.streamBurst, limits.streamsPerSecond);
    const resets = this.#allowance(limits.resetBurst, limits.resetsPerSecond);
    const headers = this.#allowance(limits.headerByteBurst, limits.headerBytesPerSecond);
    const take = (allowance: Allowance | undefined, amount: number) => {
      if (session.destroyed || allowance?.take(amount, this.#clock()) !== false) return;
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      // With an error it would be thrown by every stream that nobody listens to yet.
      session.destroy();
    };
    // Before the app hears of the stream.
    session.prependListener(
      'stream',
      (stream: ServerHttp2Stream, _headers: unknown, _flags: unknown, fields: string[]) => {
        take(streams, 1);
        if (headers !== undefined) take(headers, headerBytes(fields));
        stream.once('close', () => {
          if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) take(resets, 1);
        });
      },
    );
  }

  /** A rate of 0 means no limit. */
  #allowance(burst: number, perSecond: number): Allowance | undefined {
    return perSecond === 0 ? undefined : new Allowance(burst, perSecond, this.#clock());
  }
}
