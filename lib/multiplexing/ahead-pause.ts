import type { EventLoop } from './event-loop';
import type { GatedResponse } from './gated-response';

/**
 * How long a page that somebody waits for may take to be shown, once it has left: until then the browser
 * still renders others ahead, and what they need would be in the way of what the page asks for.
 */
const restMs = 500;

/** The part of a session that holds responses back. */
export interface HoldingSession {
  hold(gate: GatedResponse, isHeld: boolean): void;
}

/**
 * Holds back the least urgent of what one session fetches ahead, from the request for a page until the
 * page is shown. To let the page pass when it leaves is not enough: while the app thinks, a photograph
 * of another page would fill the queue of the line, and the page would have to wait for that.
 */
export class AheadPause {
  readonly #session: HoldingSession;
  readonly #loop: EventLoop;
  readonly #gates = new Set<GatedResponse>();
  #pages = 0;
  #stopRest: (() => void) | undefined;

  constructor(session: HoldingSession, loop: EventLoop) {
    this.#session = session;
    this.#loop = loop;
  }

  add(gate: GatedResponse): void {
    this.#gates.add(gate);
    if (this.#isOn) this.#session.hold(gate, true);
  }

  /** The response ended, or somebody waits for it now. */
  delete(gate: GatedResponse): void {
    if (this.#gates.delete(gate) && this.#isOn) this.#session.hold(gate, false);
  }

  /** A page is asked for. */
  begin(): void {
    const wasOn = this.#isOn;
    this.#pages += 1;
    this.#endRest();
    if (!wasOn) this.#holdAll(true);
  }

  /** A page has left, or never will. @param isNear Whether it is about to be shown. */
  end(isNear: boolean): void {
    this.#pages -= 1;
    if (isNear) {
      this.#endRest();
      this.#stopRest = this.#loop.after(restMs, () => {
        this.#stopRest = undefined;
        if (!this.#isOn) this.#holdAll(false);
      });
    } else if (!this.#isOn) this.#holdAll(false);
  }

  /** The session closed. */
  close(): void {
    this.#endRest();
  }

  get #isOn(): boolean {
    return this.#pages > 0 || this.#stopRest !== undefined;
  }

  #endRest(): void {
    this.#stopRest?.();
    this.#stopRest = undefined;
  }

  #holdAll(isHeld: boolean): void {
    for (const gate of this.#gates) this.#session.hold(gate, isHeld);
  }
}
