import { performance } from 'node:perf_hooks';
import { AcceptedEncodings } from './accepted-encodings';
import { Codec } from './codec';
import { codecLadder } from './codec-ladder';
import type { Rung } from './codec-ladder';
import { CompressedFiles } from './compressed-files';
import { CompressionLadder } from './compression-ladder';
import type { CompressionSettings } from './compression-options';
import { CompressionCounters } from './compression-stats';
import type { CompressionStats } from './compression-stats';
import { DictionarySet } from './dictionary-set';
import { padGzip } from './padded-gzip';
import { LoadMeter } from './load-meter';
import type { LoadReading } from './load-meter';
import { coders, supportedEncodings } from './node-zlib';
import type { Encoding } from './node-zlib';

/**
 * Up to here a body is compressed on the event loop: half a millisecond at most, and less work in
 * all than handing it to a thread (see perf/compression.ts).
 */
const smallBytes = 64 * 1024;

/** What the world tells; tests say it themselves. */
export interface Surroundings {
  /** Milliseconds from some fixed moment; never goes back. */
  nowMs(): number;
  /** Milliseconds since 1970. */
  dateMs(): number;
  /** In the place of the process's own load. */
  readonly readLoad?: () => LoadReading;
}

/** What all responses of one middleware share: the codecs, and the rung to take them from. */
export class Compressor {
  readonly settings: CompressionSettings;
  readonly load = new LoadMeter();
  readonly counters = new CompressionCounters();
  readonly files: CompressedFiles;
  readonly dictionaries: DictionarySet;
  readonly dateMs: () => number;
  readonly #rungs: readonly Rung[];
  readonly #accepted: readonly AcceptedEncodings<Encoding>[];
  readonly #ladder: CompressionLadder;
  readonly #padded: Codec;
  readonly #acceptsGzip = new AcceptedEncodings(['gzip']);
  /** For what is compressed once. */
  readonly #best: ReadonlyMap<Encoding, Codec>;

  constructor(settings: CompressionSettings, surroundings: Surroundings = thisProcess) {
    const { nowMs, dateMs, readLoad } = surroundings;
    this.settings = settings;
    this.#rungs = codecLadder(settings);
    this.#accepted = this.#rungs.map(({ order }) => new AcceptedEncodings(order));
    const rungs = settings.isAdaptive ? this.#rungs.length : 1;
    this.#ladder = new CompressionLadder(rungs, {
      nowMs,
      readLoad: readLoad ?? (() => this.load.read()),
    });
    this.#best = bestCodecs(settings);
    this.dateMs = dateMs;
    this.dictionaries = new DictionarySet(settings.dictionaries, settings.coder);
    this.#padded = new Codec('gzip', this.#rungs[0]?.codecs.gzip?.level ?? 1, settings.coder.gzip, {
      begin: padGzip,
    });
    this.files = new CompressedFiles(settings.maxFileBytes, {
      nowMs: dateMs,
      isCalm: () => this.#ladder.rung === 0,
    });
  }

  /** Where the ladder stands, 0 at the top. */
  get rung(): number {
    return this.#ladder.rung;
  }

  /** Whether a body is compressed at once when it is there as a whole. */
  isSmall(bytes: number): boolean {
    return bytes <= smallBytes;
  }

  /** How a client gets its bodies now; `undefined`: as they are. */
  codecFor(accepted: string | undefined): Codec | undefined {
    const { rung } = this.#ladder;
    if (accepted === undefined || accepted === '') {
      const { enforceEncoding } = this.settings;
      return enforceEncoding === 'identity'
        ? undefined
        : this.#rungs[rung]?.codecs[enforceEncoding];
    }
    const encoding = this.#accepted[rung]?.of(accepted)[0];
    return encoding === undefined ? undefined : this.#rungs[rung]?.codecs[encoding];
  }

  /** How a client gets a body whose length must tell nothing. */
  paddedFor(accepted: string | undefined): Codec | undefined {
    const isAccepted = accepted !== undefined && this.#acceptsGzip.of(accepted).length > 0;
    return isAccepted && !this.isAtRest ? this.#padded : undefined;
  }

  /** Whether the server has no CPU for compression at all. */
  get isAtRest(): boolean {
    return this.#rungs[this.#ladder.rung]?.order.length === 0;
  }

  /** How a client may get files, best first, whatever the load: they are compressed once. */
  fileCodecsFor(accepted: string | undefined): readonly Codec[] {
    const { enforceEncoding } = this.settings;
    const isSilent = accepted === undefined || accepted === '';
    const encodings: readonly string[] = isSilent
      ? [enforceEncoding]
      : (this.#accepted[0]?.of(accepted) ?? []);
    return encodings.flatMap((one) => this.#best.get(one as Encoding) ?? []);
  }

  get stats(): CompressionStats {
    const { responses, ...counted } = this.counters;
    return {
      rung: this.#rungs[this.#ladder.rung]?.name ?? '',
      stepsDown: this.#ladder.stepsDown,
      stepsUp: this.#ladder.stepsUp,
      responses: { ...responses },
      ...counted,
      bytesInFlight: this.load.bytesInFlight,
      compressedFiles: this.files.stats,
    };
  }
}

/** The best that each encoding can do, with the caller's options for everything else. */
function bestCodecs({ coder }: CompressionSettings): ReadonlyMap<Encoding, Codec> {
  return new Map(
    supportedEncodings.map((one) => [one, new Codec(one, coders[one]?.bestLevel ?? 0, coder[one])]),
  );
}

const thisProcess: Surroundings = { nowMs: () => performance.now(), dateMs: () => Date.now() };
