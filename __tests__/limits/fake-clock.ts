/** A clock that stands still until it is told to go. Begins at a time of which floats are not exact. */
export class FakeClock {
  nowMs = 1_764_000_000_123;
  readonly read = (): number => this.nowMs;

  advance(ms: number): void {
    this.nowMs += ms;
  }
}
