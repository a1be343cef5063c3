import type { CompressedFileStats } from './compressed-files';

/** Counters of one middleware since it was made. */
export interface CompressionStats {
  /** Where the ladder stands: `'full'`, `'light'`, `'fast'` or `'none'`. */
  readonly rung: string;
  readonly stepsDown: number;
  readonly stepsUp: number;
  /** Responses that left compressed, by `Content-Encoding`. */
  readonly responses: Readonly<Record<string, number>>;
  /** Of those, bodies that were compressed on the event loop, */
  readonly sync: number;
  /** in a thread, */
  readonly streamed: number;
  /** and those that were ready because the file had been compressed before. */
  readonly stored: number;
  /** Bytes of bodies before they were compressed, */
  readonly bytesIn: number;
  /** and afterwards. */
  readonly bytesOut: number;
  /** Streams of zlib that are open now. */
  readonly openStreams: number;
  /** Bytes that wait for a thread now. */
  readonly bytesInFlight: number;
  /** Files that were compressed once. */
  readonly compressedFiles: CompressedFileStats;
}

/** The counters as they are counted. */
export class CompressionCounters {
  readonly responses: Record<string, number> = {};
  sync = 0;
  streamed = 0;
  stored = 0;
  bytesIn = 0;
  bytesOut = 0;
  openStreams = 0;

  count(bytesIn: number, bytesOut: number): void {
    this.bytesIn += bytesIn;
    this.bytesOut += bytesOut;
  }

  response(name: string): void {
    this.responses[name] = (this.responses[name] ?? 0) + 1;
  }
}
