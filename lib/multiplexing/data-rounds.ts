/** What had been acknowledged when a round of data ended. */
interface RoundEnd {
  readonly ackedBytes: number;
  readonly ackedMs: number;
  readonly isAppLimited: boolean;
}

const noRound: RoundEnd = { ackedBytes: 0, ackedMs: 0, isAppLimited: true };

/** What a round of data has shown. */
export interface Round {
  readonly meanRttMs: number;
  /** `undefined` before the third round. */
  readonly bytesPerMs: number | undefined;
  /** Whether the app had too little to send in any of the rounds that `bytesPerMs` is from. */
  readonly isRateLimited: boolean;
}

/**
 * Rounds of data, as BBR counts them: one ends when what was in flight at its beginning has arrived.
 * Rates are over two, for a late ACK that ends one begins the other.
 */
export class DataRounds {
  #count = 0;
  #endBytes = 0;
  #ends: [older: RoundEnd, newer: RoundEnd] = [noRound, noRound];
  #rttsMs = 0;
  #acks = 0;

  /** Rounds in which the app had enough to send. */
  get count(): number {
    return this.#count;
  }

  addRtt(rttMs: number): void {
    this.#rttsMs += rttMs;
    this.#acks += 1;
  }

  isOver(ackedBytes: number): boolean {
    return ackedBytes >= this.#endBytes;
  }

  /** Ends a round with the ACK of `ackedBytes`; the next one ends with that of `submittedBytes`. */
  end(end: RoundEnd, submittedBytes: number): Round {
    const [older, newer] = this.#ends;
    const { ackedBytes, ackedMs, isAppLimited } = end;
    const rate = (ackedBytes - older.ackedBytes) / (ackedMs - older.ackedMs);
    const round: Round = {
      meanRttMs: this.#rttsMs / this.#acks,
      bytesPerMs: older.ackedMs > 0 ? rate : undefined,
      isRateLimited: isAppLimited || newer.isAppLimited,
    };
    if (!isAppLimited) this.#count += 1;
    this.#endBytes = submittedBytes;
    this.#ends = [newer, end];
    this.#rttsMs = 0;
    this.#acks = 0;
    return round;
  }

  /** What follows has nothing to do with what was before. */
  forget(): void {
    this.#ends = [noRound, noRound];
  }
}
