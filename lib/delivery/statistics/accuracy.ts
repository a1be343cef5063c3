/** How right the predictions of one hour, or of all hours, were. */
export interface AccuracyStats {
  /** Views that were given nothing, and asked for something. */
  readonly views: number;
  /** Share of what would have been given that was asked for. `undefined` before the first view. */
  readonly precision: number | undefined;
  /** Share of what was asked for that would have been given. */
  readonly recall: number | undefined;
}

export interface HourlyAccuracy extends AccuracyStats {
  /** Hours since: 0 is the one that runs. */
  readonly hoursAgo: number;
}

interface Window {
  hour: number;
  views: number;
  expected: number;
  asked: number;
  hits: number;
}

const hourMs = 3_600_000;
const keptHours = 24;

/**
 * Precision and recall of what views would have been given that were given nothing: those of
 * observe mode, and the control views. What was given proves nothing, because browsers fetch it.
 */
export class Accuracy {
  readonly #clock: () => number;
  readonly #windows: Window[] = [];
  readonly #total: Window = newWindow(0);

  /** @param clock The time, in milliseconds, from any start. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** A view asked for its first resource. @param expected How many it would have been given. */
  view(expected: number): void {
    for (const one of [this.#total, this.#current()]) {
      one.views++;
      one.expected += expected;
    }
  }

  /** A view asked for a resource. @param isHit Whether it would have been given it. */
  asked(isHit: boolean): void {
    for (const one of [this.#total, this.#current()]) {
      one.asked++;
      if (isHit) one.hits++;
    }
  }

  get total(): AccuracyStats {
    return statsOf(this.#total);
  }

  /** The latest first; hours without views are left out. */
  get hours(): readonly HourlyAccuracy[] {
    const now = this.#hour();
    return this.#windows
      .filter(({ hour }) => now - hour < keptHours)
      .map((one) => ({ hoursAgo: now - one.hour, ...statsOf(one) }))
      .sort((a, b) => a.hoursAgo - b.hoursAgo);
  }

  #hour(): number {
    return Math.floor(this.#clock() / hourMs);
  }

  #current(): Window {
    const hour = this.#hour();
    const place = ((hour % keptHours) + keptHours) % keptHours;
    let found = this.#windows.find((one) => one.hour === hour);
    if (found !== undefined) return found;
    found = newWindow(hour);
    const old = this.#windows.findIndex((one) => one.hour % keptHours === place);
    if (old < 0) this.#windows.push(found);
    else this.#windows[old] = found;
    return found;
  }
}

function newWindow(hour: number): Window {
  return { hour, views: 0, expected: 0, asked: 0, hits: 0 };
}

function statsOf({ views, expected, asked, hits }: Window): AccuracyStats {
  return {
    views,
    precision: expected === 0 ? undefined : hits / expected,
    recall: asked === 0 ? undefined : hits / asked,
  };
}
