import { DistinctClients } from './distinct-clients';
import type { ResourceKind } from './resource-kind';

export type TargetKind = ResourceKind | 'document';

/** Limits that all counts of one predictor share. */
export interface CountLimits {
  readonly minClients: number;
  readonly maxTargetsPerPage: number;
  readonly halfLifeVisits: number;
}

/** What is known of one target. */
export interface TargetEvidence {
  readonly kind: TargetKind;
  /** Visits that asked for it, aged. */
  readonly uses: number;
  /** Distinct clients that taught it, counted up to `minClients`. */
  readonly clients: DistinctClients;
}

interface Target {
  kind: TargetKind;
  uses: number;
  readonly clients: DistinctClients;
}

/** A target whose aged uses fall below this is dropped: seen once, two half-lives ago. */
const negligibleUses = 0.5;

/**
 * What visitors of one page, or of one route pattern, went on to ask for.
 *
 * Counts halve after every `halfLifeVisits` visits, as in Caffeine's `FrequencySketch`; what is
 * left of targets that became negligible goes then. A new target that finds the table full
 * replaces the one with the fewest aged uses, the oldest of several.
 */
export class TargetCounts {
  readonly #limits: CountLimits;
  readonly #targets = new Map<string, Target>();
  #visits = 0;
  #visitsSinceHalving = 0;

  constructor(limits: CountLimits) {
    this.#limits = limits;
  }

  /** Visits that could have used a target, aged. */
  get visits(): number {
    return this.#visits;
  }

  get size(): number {
    return this.#targets.size;
  }

  get isFull(): boolean {
    return this.#targets.size >= this.#limits.maxTargetsPerPage;
  }

  get(target: string): TargetEvidence | undefined {
    return this.#targets.get(target);
  }

  entries(): IterableIterator<[string, TargetEvidence]> {
    return this.#targets.entries();
  }

  addVisit(): void {
    if (this.#visitsSinceHalving === this.#limits.halfLifeVisits) this.#halve();
    this.#visitsSinceHalving++;
    this.#visits++;
  }

  /** Counts one use; the caller counts a target once per visit. */
  addUse(target: string, kind: TargetKind, client: number): void {
    let found = this.#targets.get(target);
    if (found === undefined) {
      if (this.isFull) this.#evict();
      found = { kind, uses: 0, clients: new DistinctClients() };
      this.#targets.set(target, found);
    }
    found.kind = kind;
    found.uses++;
    found.clients.add(client, this.#limits.minClients);
  }

  /**
   * Leaves the rate of a target as it is although a visit is being added: nobody can say whether
   * this visit would have asked for it. Call it before {@link addVisit}.
   */
  holdRate(target: string): void {
    const found = this.#targets.get(target);
    if (found !== undefined && this.#visits > 0) found.uses += found.uses / this.#visits;
  }

  delete(target: string): boolean {
    return this.#targets.delete(target);
  }

  #halve(): void {
    this.#visitsSinceHalving = 0;
    this.#visits /= 2;
    for (const [key, target] of this.#targets) {
      target.uses /= 2;
      if (target.uses < negligibleUses) this.#targets.delete(key);
    }
  }

  #evict(): void {
    let victim: string | undefined;
    let least = Infinity;
    for (const [key, { uses }] of this.#targets) {
      if (uses < least) {
        least = uses;
        victim = key;
      }
    }
    if (victim !== undefined) this.#targets.delete(victim);
  }
}
