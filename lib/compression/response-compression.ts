import type { ReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import vary from 'vary';
import type { SharedBuffer } from '../buffers/shared-buffer';
import type { BodySink, BodyStage, TappedResponse } from '../response/body-stage';
import { ResponseTap } from '../response/response-tap';
import { reportFailure } from '../util/diagnostics';
import type { Codec } from './codec';
import { CompressionStage } from './compression-stage';
import type { Compressor } from './compressor';
import { judge } from './eligibility';
import { fileVersionOf, skipContent } from './file-version';
import { showEncoded, weakenTagOf304 } from './encoded-headers';
import type { Decision, Plan } from './plan';

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
  #isFiltered: boolean | undefined;
  #whole: Buffer | undefined;
  #isFile = false;
  /** The file that is the body, compressed before; this response holds a reference. */
  #stored: readonly [Codec, SharedBuffer] | undefined;

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
    this.#res.on('pipe', this.#onPipe);
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
    const verdict = this.#verdict(this.#whole?.length);
    if (verdict !== 'untouched') this.#vary();
    if (this.#stored !== undefined) this.#plan ??= this.#sendStored(...this.#stored);
    this.#plan ??= verdict === 'compress' ? this.#makePlan() : identity;
  };

  /** A file comes: if it has been compressed before, nothing of it needs to be read. */
  readonly #onPipe = (source: unknown): void => {
    try {
      this.#recogniseFile(source);
    } catch (error) {
      reportFailure('dynamicCompression', error);
    }
  };

  #recogniseFile(source: unknown): void {
    // Whoever else sees the bytes, or changes them, needs them.
    if (!ResponseTap.of(this.#res).isFirst('transform')) return;
    if (this.#plan !== undefined || this.#res.headersSent) return;
    const version = fileVersionOf(source, this.#res);
    if (version === undefined || this.#verdict(undefined) !== 'compress') return;
    this.#isFile = true;
    const { files } = this.#compressor;
    const codecs = this.#compressor.fileCodecsFor(this.#accepted);
    const [best] = codecs;
    const found = files.find(version, codecs);
    if (best !== undefined && found?.[0] !== best) files.want(version, best);
    if (found === undefined) return;
    const bytes = found[1].retain();
    this.#stored = [found[0], bytes];
    this.#res.once('close', () => bytes.release());
    skipContent(source as ReadStream);
  }

  get #accepted(): string | undefined {
    return this.#req.headers['accept-encoding'] as string | undefined;
  }

  #vary(): void {
    if (this.#res.statusCode !== 304) vary(this.#res, 'Accept-Encoding');
    else if (weakenTagOf304(this.#res, this.#req.headers['if-none-match'])) {
      vary(this.#res, 'Accept-Encoding');
    }
  }

  #verdict(bytes: number | undefined): ReturnType<typeof judge> {
    if (this.#res.statusCode === 304) return 'identity';
    this.#isFiltered ??= this.#compressor.settings.filter(this.#req, this.#res);
    if (!this.#isFiltered) return 'untouched';
    return judge(this.#req, this.#res, this.#compressor.settings.thresholdBytes, bytes);
  }

  #codec(): Codec | undefined {
    return this.#compressor.codecFor(this.#accepted);
  }

  #makePlan(): Plan {
    const codec = this.#codec();
    if (codec === undefined) return identity;
    if (this.#whole === undefined) {
      this.#show(codec, undefined, undefined);
      return { kind: 'encode', codec, isFile: this.#isFile };
    }
    return this.#encodeWhole(codec, this.#whole);
  }

  #sendStored(codec: Codec, { bytes }: SharedBuffer): Plan {
    const { counters } = this.#compressor;
    counters.stored++;
    counters.bytesIn += Number(this.#res.getHeader('content-length'));
    counters.bytesOut += bytes.length;
    this.#show(codec, bytes.length, 0);
    return { kind: 'encoded', bytes };
  }

  #encodeWhole(codec: Codec, body: Buffer): Plan {
    const { counters, settings } = this.#compressor;
    const startMs = settings.tellsTiming ? performance.now() : 0;
    let bytes: Buffer;
    try {
      bytes = codec.compressSync(body);
    } catch (error) {
      reportFailure('dynamicCompression', error);
      return identity;
    }
    counters.sync++;
    counters.bytesIn += body.length;
    counters.bytesOut += bytes.length;
    this.#show(codec, bytes.length, performance.now() - startMs);
    return { kind: 'encoded', bytes };
  }

  #show(codec: Codec, bytes: number | undefined, tookMs: number | undefined): void {
    const { counters, settings } = this.#compressor;
    counters.response(codec.name);
    showEncoded(this.#res, codec.name, bytes);
    if (!settings.tellsTiming) return;
    const dur = tookMs === undefined ? '' : `;dur=${tookMs.toFixed(2)}`;
    this.#res.appendHeader(
      'Server-Timing',
      `compression;desc="${codec.name} ${codec.level}"${dur}`,
    );
  }
}
