import type { EventLoop } from './event-loop';
import type { GatedResponse } from './gated-response';

/**
 * How long a page that somebody waits for may take to be shown, once it has left: until then the browser
 * still renders others ahead, and what they need would be in the way of what the page asks for.
 */
const restMs = 500;

/**
 * Pages hold nothing back for longer, and then not again before as much time has passed and all have left. A
 * page may take for ever, if it is a stream, a proxy may ask for one after the other, and what was fetched
 * ahead may be just what they need: browsers do not ask twice for what is on its way.
 */
const longestMs = 2000;

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
  #stopLimit: (() => void) | undefined;
  #isOverdue = false;
  #overdueUntilMs = 0;

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
    if (this.#pages === 0 && this.#loop.nowMs() >= this.#overdueUntilMs) this.#isOverdue = false;
    this.#pages += 1;
    this.#endRest();
    if (wasOn || this.#isOverdue) return;
    this.#stopLimit = this.#loop.after(longestMs, () => {
      this.#isOverdue = true;
      this.#overdueUntilMs = this.#loop.nowMs() + longestMs;
      this.#endRest();
      this.#letGo();
    });
    this.#holdAll(true);
  }

  /** A page has left, or never will. @param isNear Whether it is about to be shown. */
  end(isNear: boolean): void {
    this.#pages -= 1;
    if (this.#isOverdue) return;
    if (isNear) {
      this.#endRest();
      this.#stopRest = this.#loop.after(restMs, () => {
        this.#stopRest = undefined;
        if (!this.#isOn) this.#letGo();
      });
    } else if (!this.#isOn) this.#letGo();
  }

  /** The session closed. */
  close(): void {
    this.#endRest();
    this.#stopLimit?.();
  }

  get #isOn(): boolean {
    return !this.#isOverdue && (this.#pages > 0 || this.#stopRest !== undefined);
  }

  #endRest(): void {
    this.#stopRest?.();
    this.#stopRest = undefined;
  }

  #letGo(): void {
    this.#stopLimit?.();
    this.#holdAll(false);
  }

  #holdAll(isHeld: boolean): void {
    for (const gate of this.#gates) this.#session.hold(gate, isHeld);
  }
}
