import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { reportFailure } from '../util/diagnostics';
import { integer, parseOptions, type OptionRules } from '../util/options';
import { nodeEventLoop, type EventLoop } from './event-loop';
import { freeMemoryBytes } from './free-memory';
import { UploadWindow } from './upload-window';
import { WindowBudget } from './window-budget';

const mebibyte = 1_048_576;

/** Largest window of RFC 9113 section 6.9.1. */
const maxWindow = 2 ** 31 - 1;

/** Window of a stream that nobody changed (RFC 9113 section 6.9.2). */
const initialWindow = 65_535;

export interface FlowControlOptions {
  /**
   * Widest receive window of one session, in bytes; its uploads share it.
   *
   * @default 8 MiB: 640 Mbit/s at 100 ms.
   */
  readonly maxWindowBytes?: number;

  /**
   * What all sessions together may add to their windows, in bytes. Once it is used up they have equal
   * shares; where less memory than this is left, they add nothing.
   *
   * @default 64 MiB
   */
  readonly maxTotalWindowBytes?: number;
}

export const flowControlRules: OptionRules<FlowControlOptions> = {
  maxWindowBytes: integer(8 * mebibyte, initialWindow, maxWindow),
  maxTotalWindowBytes: integer(64 * mebibyte),
};

export interface FlowControlStats {
  /** Request bodies that are being received. */
  readonly uploads: number;
  /** By how much windows are wider now than the server's settings, in bytes over all sessions. */
  readonly addedWindowBytes: number;
}

/**
 * Lets uploads use the line: Node's receive windows of 64 KiB carry at most 64 KiB per round trip,
 * about 5 Mbit/s at 100 ms. This widens them to the bandwidth-delay product.
 *
 * It works in one direction only. How fast a *download* goes is up to the client's receive window,
 * which no server can widen.
 *
 * @example
 * flowControl.observe(req.stream, req.headers['content-length']);
 */
export class FlowControlManager {
  readonly #maxWindowBytes: number;
  readonly #budget: WindowBudget;
  readonly #loop: EventLoop;
  readonly #windows = new WeakMap<ServerHttp2Session, UploadWindow>();
  #uploads = 0;

  constructor(options?: FlowControlOptions, loop: EventLoop = nodeEventLoop) {
    const parsed = parseOptions<FlowControlOptions>(
      'FlowControlManager',
      options,
      flowControlRules,
    );
    this.#maxWindowBytes = parsed.maxWindowBytes;
    const totalBytes = parsed.maxTotalWindowBytes;
    this.#budget = new WindowBudget(totalBytes, () => freeMemoryBytes() < totalBytes);
    this.#loop = loop;
  }

  /**
   * Follows the request body of a stream, if it has one that is worth it.
   *
   * @param contentLength The request's `content-length`. A body that fits in the window of every
   * HTTP/2 stream is left alone.
   */
  observe(stream: ServerHttp2Stream, contentLength?: string): void {
    const { session } = stream;
    if (stream.endAfterHeaders || stream.destroyed || session === undefined) return;
    if (contentLength !== undefined && Number(contentLength) <= initialWindow) return;
    try {
      this.#follow(stream, this.#windowOf(session as ServerHttp2Session));
    } catch (error) {
      reportFailure('multiplexing', error);
    }
  }

  stats(): FlowControlStats {
    return { uploads: this.#uploads, addedWindowBytes: this.#budget.lentBytes };
  }

  /** What is known of a session's path, once it had an upload. */
  pathOf(session: ServerHttp2Session): { rttMs: number; bytesPerSecond: number } | undefined {
    const estimator = this.#windows.get(session)?.estimator;
    return estimator && { rttMs: estimator.rttMs, bytesPerSecond: estimator.bytesPerSecond };
  }

  #follow(stream: ServerHttp2Stream, window: UploadWindow): void {
    this.#uploads += 1;
    let isRunning = true;
    const finish = () => {
      if (!isRunning) return;
      isRunning = false;
      this.#uploads -= 1;
      window.finish();
    };
    stream.once('end', finish);
    stream.once('close', finish);
    window.begin();
  }

  #windowOf(session: ServerHttp2Session): UploadWindow {
    const known = this.#windows.get(session);
    if (known !== undefined) return known;
    const made = new UploadWindow(session, this.#maxWindowBytes, this.#budget, this.#loop);
    this.#windows.set(session, made);
    return made;
  }
}
