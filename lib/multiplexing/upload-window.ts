import type { ServerHttp2Session } from 'node:http2';
import { reportFailure } from '../util/diagnostics';
import { BdpEstimator } from './bdp-estimator';
import type { EventLoop } from './event-loop';
import type { WindowBudget } from './window-budget';

/** Least time between an ACK and the next PING: at most 50 a second, however short the path. */
const minPauseMs = 20;

/** Where little arrives, the pause doubles up to this. */
const maxPauseMs = 1000;

/**
 * What an upload is given at once, before anything is known of its path; as much as Go's server
 * gives every stream. A narrower start costs a round trip per doubling.
 */
const firstWindowBytes = 1_048_576;

/**
 * Windows are this many times the product: nghttp2 returns credit by half windows, so a sender keeps
 * the line busy from twice the product; a full queue of the bottleneck adds as much again.
 */
const windowGain = 4;

/** What Node shows of a session's windows. */
interface Windows {
  readonly connectionBytes: number;
  readonly streamBytes: number;
}

/**
 * Widens the receive windows of one session while uploads run, and narrows them again after.
 *
 * Received bytes are read off the socket (`bytesRead`), so nothing is consumed or wrapped; frame
 * headers and requests count too, which is less than 1 % of an upload that matters.
 */
export class UploadWindow {
  readonly #session: ServerHttp2Session;
  readonly #budget: WindowBudget;
  readonly #loop: EventLoop;
  readonly #estimator = new BdpEstimator();
  readonly #maxWindowBytes: number;
  /** The windows before we came, to which they return. */
  readonly #base: Windows;
  #streamBytes: number;
  #borrowedBytes = 0;
  #uploads = 0;
  #isProbing = false;
  #isSettling = false;
  #pauseMs = minPauseMs;

  constructor(
    session: ServerHttp2Session,
    maxWindowBytes: number,
    budget: WindowBudget,
    loop: EventLoop,
  ) {
    this.#session = session;
    this.#budget = budget;
    this.#loop = loop;
    this.#base = windowsOf(session);
    this.#streamBytes = this.#base.streamBytes;
    this.#maxWindowBytes = maxWindowBytes;
    session.once('close', () => {
      this.#borrowedBytes = budget.resize(this.#apply, 0);
    });
  }

  /** Uploads that run now. */
  get uploads(): number {
    return this.#uploads;
  }

  /** What the connection's window is wider than before. */
  get borrowedBytes(): number {
    return this.#borrowedBytes;
  }

  get estimator(): BdpEstimator {
    return this.#estimator;
  }

  begin(): void {
    this.#uploads += 1;
    this.#pauseMs = minPauseMs;
    this.#apply();
    this.#probe();
  }

  finish(): void {
    this.#uploads -= 1;
    this.#apply();
  }

  /** One PING at a time; what arrives until its ACK is a sample. */
  #probe(): void {
    const session = this.#session;
    if (this.#isProbing || this.#uploads === 0 || session.destroyed || session.closed) return;
    const before = session.socket.bytesRead;
    const isSent = session.ping((error, rttMs) => {
      if (error !== null || session.destroyed) this.#isProbing = false;
      else this.#sample(session.socket.bytesRead - before, rttMs);
    });
    this.#isProbing = isSent;
  }

  #sample(receivedBytes: number, rttMs: number): void {
    this.#estimator.add(receivedBytes, rttMs);
    this.#apply();
    const isBusy = 2 * receivedBytes > this.#estimator.bdpBytes;
    this.#pauseMs = isBusy ? minPauseMs : Math.min(this.#pauseMs * 2, maxPauseMs);
    this.#loop.after(this.#pauseMs, () => {
      this.#isProbing = false;
      this.#probe();
    });
  }

  /** Brings the windows to what the estimate, the number of uploads and the budget say. */
  readonly #apply = (): void => {
    const session = this.#session;
    if (session.destroyed || session.closed) return;
    try {
      this.#applyTo(session);
    } catch (error) {
      reportFailure('multiplexing', error);
    }
  };

  #applyTo(session: ServerHttp2Session): void {
    const { connectionBytes, streamBytes } = this.#base;
    const wantedBytes = this.#uploads === 0 ? 0 : this.#wantedBytes() - connectionBytes;
    const before = this.#borrowedBytes;
    this.#borrowedBytes = this.#budget.resize(this.#apply, Math.max(0, wantedBytes));
    const windowBytes = connectionBytes + this.#borrowedBytes;
    if (this.#borrowedBytes !== before) session.setLocalWindowSize(windowBytes);
    // Node returns connection credit as soon as bytes arrive, read or not: only the streams' windows
    // bound what unread uploads can pile up. So they share, and shrink when there are more of them.
    const shareBytes = Math.floor(windowBytes / 2 ** Math.ceil(Math.log2(this.#uploads || 1)));
    this.#setStreamWindow(this.#uploads === 0 ? streamBytes : Math.max(streamBytes, shareBytes));
  }

  #wantedBytes(): number {
    const pathBytes = windowGain * this.#estimator.bdpBytes;
    return Math.min(Math.max(firstWindowBytes, pathBytes), this.#maxWindowBytes);
  }

  /** SETTINGS with this one member; one at a time, so that a silent peer is not flooded. */
  #setStreamWindow(bytes: number): void {
    if (bytes === this.#streamBytes || this.#isSettling) return;
    this.#isSettling = true;
    this.#streamBytes = bytes;
    this.#session.settings({ initialWindowSize: bytes }, () => {
      this.#isSettling = false;
      this.#apply();
    });
  }
}

function windowsOf(session: ServerHttp2Session): Windows {
  const initialBytes = 65_535;
  return {
    connectionBytes: session.state.effectiveLocalWindowSize ?? initialBytes,
    streamBytes: session.localSettings.initialWindowSize ?? initialBytes,
  };
}
