import type { LoadReading } from './load-meter';

/** What a ladder needs of the world; tests pass their own. */
export interface LadderSurroundings {
  /** Milliseconds from some fixed moment; never goes back. */
  nowMs(): number;
  /** The load since the last call. */
  readLoad(): LoadReading;
}

/** The load is read at most this often. At twice its capacity a server queues as much in this time. */
const sampleMs = 50;

/**
 * From one of these on the process is overloaded. At nine tenths of its capacity a queue is ten
 * times as long as one response takes (M/M/1).
 */
const overload: LoadReading = { utilisation: 0.9, delayMs: 50, bytesInFlight: 8 * 1024 * 1024 };

/** Up to all of these it is calm. The gap to the above is wider than what one rung costs. */
const calm: LoadReading = { utilisation: 0.6, delayMs: 20, bytesInFlight: 1024 * 1024 };

/** One sample may be a garbage collection, and two a burst; this many in a row are load. */
const patientSamples = 3;

/** A delay this long is load by itself: what waits already is to be answered as cheaply as possible. */
const alarmingDelayMs = 200;

/** How long it must be calm before the next climb; doubled when a climb did not last. */
const minCalmMs = 1_000;
const maxCalmMs = 60_000;

/** A climb has lasted after this long. */
const lastingMs = 10_000;

/**
 * Decides how much CPU compression may take. The top rung is 0; under load it steps down, first
 * after three samples, then with every sample, or to the bottom at once when a queue is there
 * already; and climbs back one rung at a time once it is calm.
 *
 * Nothing runs by itself: the load is read when somebody asks for the rung.
 */
export class CompressionLadder {
  readonly #lowest: number;
  readonly #surroundings: LadderSurroundings;
  #rung = 0;
  #sampledMs: number | undefined;
  #busySamples = 0;
  #calmSinceMs: number | undefined;
  /** The last climb, until it has lasted or failed. */
  #climbedMs: number | undefined;
  #neededCalmMs = minCalmMs;
  #stepsDown = 0;
  #stepsUp = 0;

  constructor(rungs: number, surroundings: LadderSurroundings) {
    this.#lowest = rungs - 1;
    this.#surroundings = surroundings;
  }

  get stepsDown(): number {
    return this.#stepsDown;
  }

  get stepsUp(): number {
    return this.#stepsUp;
  }

  /** The rung to stand on now, 0 at the top. */
  get rung(): number {
    const nowMs = this.#surroundings.nowMs();
    if (this.#sampledMs === undefined) this.#begin(nowMs);
    else if (nowMs - this.#sampledMs >= sampleMs) this.#sample(nowMs, this.#sampledMs);
    return this.#rung;
  }

  /** What the process did before its first response, such as loading the app, is no load. */
  #begin(nowMs: number): void {
    this.#sampledMs = nowMs;
    this.#surroundings.readLoad();
  }

  #sample(nowMs: number, sinceMs: number): void {
    this.#sampledMs = nowMs;
    const load = this.#surroundings.readLoad();
    if (isOverloaded(load)) {
      this.#calmSinceMs = undefined;
      this.#busySamples++;
      if (load.delayMs >= alarmingDelayMs) this.#stepDown(this.#lowest);
      else if (this.#busySamples >= patientSamples) this.#stepDown(this.#rung + 1);
      return;
    }
    this.#busySamples = 0;
    if (this.#climbedMs !== undefined && nowMs - this.#climbedMs >= lastingMs) {
      this.#climbedMs = undefined;
      this.#neededCalmMs = minCalmMs;
    }
    if (!isCalm(load)) {
      this.#calmSinceMs = undefined;
      return;
    }
    // A reading covers all the time since the last one, so a pause without requests counts.
    this.#calmSinceMs ??= sinceMs;
    if (nowMs - this.#calmSinceMs >= this.#neededCalmMs) this.#climb(nowMs);
  }

  #stepDown(to: number): void {
    if (this.#rung === this.#lowest) return;
    this.#stepsDown += to - this.#rung;
    this.#rung = to;
    if (this.#climbedMs === undefined) return;
    this.#climbedMs = undefined;
    this.#neededCalmMs = Math.min(this.#neededCalmMs * 2, maxCalmMs);
  }

  #climb(nowMs: number): void {
    if (this.#rung === 0) return;
    this.#rung--;
    this.#stepsUp++;
    this.#climbedMs = nowMs;
    this.#calmSinceMs = (this.#calmSinceMs ?? nowMs) + this.#neededCalmMs;
  }
}

function isOverloaded({ utilisation, delayMs, bytesInFlight }: LoadReading): boolean {
  return (
    utilisation >= overload.utilisation ||
    delayMs >= overload.delayMs ||
    bytesInFlight >= overload.bytesInFlight
  );
}

function isCalm({ utilisation, delayMs, bytesInFlight }: LoadReading): boolean {
  return (
    utilisation <= calm.utilisation &&
    delayMs <= calm.delayMs &&
    bytesInFlight <= calm.bytesInFlight
  );
}
