import type { ReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import vary from 'vary';
import { isPlainFile } from '../buffers/pooled-file-reads';
import type { BodySink, BodyStage, TappedResponse } from '../response/body-stage';
import { ResponseTap } from '../response/response-tap';
import { isTapped } from '../response/tapped-methods';
import { reportFailure } from '../util/diagnostics';
import { markProvisional } from '../util/provisional';
import { guardOf } from './carries-secrets';
import type { Codec } from './codec';
import { CompressionStage } from './compression-stage';
import type { Compressor } from './compressor';
import { judge } from './eligibility';
import type { Verdict } from './eligibility';
import { showDictionary, showEncoded, showTiming, weakenTagOf304 } from './encoded-headers';
import { fileVersionOf, skipContent } from './file-version';
import type { Decision, Plan } from './plan';
import { takeStoredFile } from './stored-file';
import type { StoredFile } from './stored-file';

const identity: Plan = { kind: 'identity' };

/**
 * Compression of one response. What is done is decided when its head leaves, or just before, when
 * the body comes whole: once the head is gone it says what must follow.
 */
export class ResponseCompression implements Decision {
  readonly #compressor: Compressor;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  #plan: Plan | undefined;
  /** What the filter said; it is asked once. */
  #isFiltered: boolean | undefined;
  #whole: Buffer | undefined;
  #isFile = false;
  #stored: StoredFile | undefined;

  constructor(compressor: Compressor, req: IncomingMessage, res: ServerResponse) {
    this.#compressor = compressor;
    this.#req = req;
    this.#res = res;
  }

  /** Registers on the response, unless another middleware has taken its body. */
  attach(): void {
    const tap = ResponseTap.of(this.#res);
    if (!tap.use('transform', this.#makeStage)) return;
    tap.onHeaders(this.#onHeaders);
    tap.onPipe(this.#onPipe);
  }

  get plan(): Plan | undefined {
    return this.#plan;
  }

  wants(bytes?: number): boolean {
    if (this.#stored !== undefined) return true;
    return this.#verdict(bytes) === 'compress' && this.#codec() !== undefined;
  }

  leaveAlone(): void {
    this.#plan = identity;
  }

  takeWhole(body: Buffer): void {
    this.#whole = body;
  }

  readonly #makeStage = (next: BodySink, tapped: TappedResponse): BodyStage | undefined =>
    this.#plan?.kind === 'identity'
      ? undefined
      : new CompressionStage(this, this.#compressor, next, tapped);

  readonly #onHeaders = (): void => {
    // Nothing of such a file was read, so nothing else can be sent.
    if (this.#stored !== undefined) this.#plan ??= this.#sendStored(this.#stored);
    const verdict = this.#verdict(this.#whole?.length);
    if (verdict !== 'untouched') this.#vary();
    this.#plan ??= verdict === 'compress' ? this.#makePlan() : identity;
  };

  /** A file comes: if it has been compressed before, nothing of it needs to be read. */
  readonly #onPipe = (source: unknown): void => {
    try {
      if (isPlainFile(source)) this.#sendFile(source);
    } catch (error) {
      reportFailure('dynamicCompression', error);
    }
  };

  #sendFile(source: ReadStream): void {
    const tap = ResponseTap.of(this.#res);
    // Another middleware may change the bytes.
    if (!isTapped(tap.res) || this.#plan !== undefined) return;
    if (this.#res.headersSent || !this.#res.hasHeader('content-type')) return;
    if (this.#verdict(undefined) !== 'compress') {
      this.leaveAlone();
      // The next stage may then read the file into memory of its own.
      tap.withdraw('transform');
      return;
    }
    const version = fileVersionOf(source, this.#res);
    if (version === undefined) return;
    this.#isFile = true;
    this.#stored = takeStoredFile(this.#compressor, this.#req, this.#res, version);
    // Whoever else looks at the file has to see it.
    if (this.#stored !== undefined && tap.isFirst('transform')) skipContent(source);
  }

  #vary(): void {
    const res = this.#res;
    if (res.statusCode === 304 && !weakenTagOf304(res, this.#req.headers['if-none-match'])) return;
    vary(res, 'Accept-Encoding');
    const rule = this.#compressor.dictionaries.ruleFor(this.#req);
    if (rule !== undefined) showDictionary(this.#req, res, rule);
  }

  #verdict(bytes: number | undefined): Verdict {
    if (this.#res.statusCode === 304) return 'identity';
    const { thresholdBytes } = this.#compressor.settings;
    this.#isFiltered ??= this.#filter();
    return this.#isFiltered ? judge(this.#req, this.#res, thresholdBytes, bytes) : 'untouched';
  }

  #filter(): boolean {
    try {
      return this.#compressor.settings.filter(this.#req, this.#res);
    } catch (error) {
      reportFailure('dynamicCompression', error);
      return false;
    }
  }

  #codec(): Codec | undefined {
    const compressor = this.#compressor;
    const accepted = this.#req.headers['accept-encoding'];
    const guard = guardOf(this.#res);
    if (guard !== undefined) return guard === 'pad' ? compressor.paddedFor(accepted) : undefined;
    const usual = compressor.codecFor(accepted);
    if (compressor.isAtRest) return usual;
    return compressor.dictionaries.codecFor(this.#req, false) ?? usual;
  }

  #makePlan(): Plan {
    // What load makes cheap is not worth keeping.
    if (this.#compressor.rung > 0) markProvisional(this.#res);
    const codec = this.#codec();
    if (codec === undefined) return identity;
    if (this.#whole !== undefined) return this.#encodeWhole(codec, this.#whole);
    this.#show(codec, undefined, undefined);
    return { kind: 'encode', codec, isFile: this.#isFile };
  }

  #sendStored({ codec, file }: StoredFile): Plan {
    const { bytes } = file;
    this.#compressor.counters.stored++;
    this.#compressor.counters.count(Number(this.#res.getHeader('content-length')), bytes.length);
    this.#show(codec, bytes.length, 0);
    return { kind: 'encoded', bytes };
  }

  #encodeWhole(codec: Codec, body: Buffer): Plan {
    const startMs = performance.now();
    let bytes: Buffer;
    try {
      bytes = codec.compressSync(body);
    } catch (error) {
      reportFailure('dynamicCompression', error);
      return identity;
    }
    this.#compressor.counters.sync++;
    this.#compressor.counters.count(body.length, bytes.length);
    this.#show(codec, bytes.length, performance.now() - startMs);
    return { kind: 'encoded', bytes };
  }

  #show(codec: Codec, bytes: number | undefined, tookMs: number | undefined): void {
    const { counters, settings } = this.#compressor;
    counters.response(codec.name);
    showEncoded(this.#res, codec.name, bytes);
    if (settings.tellsTiming) showTiming(this.#res, codec, tookMs);
  }
}
