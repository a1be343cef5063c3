import type { SecureServerOptions } from 'node:http2';
import { boolean, custom, integer } from '../util/options';
import type { OptionRules } from '../util/options';

/** Options of `createServer`. All have safe defaults. */
export interface ServerOptions {
  /**
   * TLS with ALPN, as browsers need it for HTTP/2. `false`: clear text, HTTP/2 with prior
   * knowledge (h2c) and HTTP/1.1 on one port, for use behind a proxy.
   * @default true
   */
  readonly tls?: boolean;
  /** Private key: PEM text, a Buffer of it, or the path of a PEM file, which is watched. */
  readonly key?: string | Buffer | undefined;
  /** Certificate chain: PEM text, a Buffer of it, or the path of a PEM file, which is watched. */
  readonly cert?: string | Buffer | undefined;
  /** Passphrase of `key`. */
  readonly passphrase?: string | undefined;
  /** Serve HTTP/1.1 clients on the same port. @default true */
  readonly allowHttp1?: boolean;
  /** Streams a client may have open at once in one session (RFC 9113 section 5.1.2). @default 100 */
  readonly maxConcurrentStreams?: number;
  /** Bytes of request headers, of one request. @default 16384 */
  readonly maxHeaderBytes?: number;
  /** Header fields of one request. @default 128 */
  readonly maxHeaderFields?: number;
  /** Megabytes that one session may hold inside Node; streams beyond are refused. @default 64 */
  readonly maxSessionMegabytes?: number;
  /**
   * Streams that may be reset at once before the session ends (CVE-2023-44487). Node 20 has a
   * limit of its own, 1000 and then 33 a second, and cannot be told a higher one.
   * @default 1000
   */
  readonly resetBurst?: number;
  /** Streams that may be reset per second in the long run. @default 33 */
  readonly resetsPerSecond?: number;
  /** Streams a client may open at once before the session ends, with `streamsPerSecond`. @default 1000 */
  readonly streamBurst?: number;
  /** Streams a client may open per second in the long run, in one session. 0: no limit. @default 0 */
  readonly streamsPerSecond?: number;
  /** Bytes of headers a client may send at once, with `headerBytesPerSecond`. @default 1048576 */
  readonly headerByteBurst?: number;
  /**
   * Bytes of headers a client may send per second in the long run, in one session, as RFC 9113 section
   * 10.5.1 counts them: uncompressed and with 32 bytes for each field. 0: no limit.
   * @default 0
   */
  readonly headerBytesPerSecond?: number;
  /** A connection on which nothing moves ends after this long. 0: never. @default 120000 */
  readonly idleTimeoutMs?: number;
  /** HTTP/1.1: the time within which a request's headers must have arrived. @default 60000 */
  readonly headersTimeoutMs?: number;
  /** HTTP/1.1: the time within which a whole request must have arrived. @default 300000 */
  readonly requestTimeoutMs?: number;
  /** Further options for Node's server; what is set above wins. @default {} */
  readonly node?: SecureServerOptions;
}

const pem = custom<string | Buffer | undefined>(
  'PEM text, a Buffer or the path of a PEM file',
  undefined,
  (value) => (typeof value === 'string' && value !== '') || Buffer.isBuffer(value),
);

export const serverOptionRules: OptionRules<ServerOptions> = {
  tls: boolean(true),
  key: pem,
  cert: pem,
  passphrase: custom<string | undefined>(
    'a string',
    undefined,
    (value) => typeof value === 'string',
  ),
  allowHttp1: boolean(true),
  maxConcurrentStreams: integer(100, 1, 2 ** 31 - 1),
  maxHeaderBytes: integer(16_384, 1024, 2 ** 24),
  maxHeaderFields: integer(128, 8, 10_000),
  maxSessionMegabytes: integer(64, 1, 4096),
  resetBurst: integer(1000, 1, 1_000_000),
  resetsPerSecond: integer(33, 1, 1_000_000),
  streamBurst: integer(1000, 1, 1_000_000),
  streamsPerSecond: integer(0, 0, 1_000_000),
  headerByteBurst: integer(2 ** 20, 1024, 2 ** 30),
  headerBytesPerSecond: integer(0, 0, 2 ** 30),
  idleTimeoutMs: integer(120_000),
  headersTimeoutMs: integer(60_000),
  requestTimeoutMs: integer(300_000),
  node: custom('an object', {}, (value) => typeof value === 'object' && value !== null),
};
