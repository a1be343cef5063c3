import type { IncomingHttpHeaders } from 'node:http';
import { clientHash } from '../../prediction/client-hash';
import { FairShare } from '../../prediction/fair-share';
import type { SpeculationTag } from './rule-set';

interface Score {
  /** One client that fetches much and looks at little spoils nothing for others. */
  readonly share: FairShare;
  /** Both halve together, so that they tell of the last hundred or so. */
  sent: number;
  shown: number;
}

const keptFetches = 128;

/** Too few to say anything. */
const fewFetches = 24;

const tags = ['headstart-now', 'headstart-soon', 'headstart-route'] as const;

/**
 * How often pages that were fetched ahead were then looked at, by the rule that made the browser
 * fetch them, as it says in `Sec-Speculation-Tags`.
 */
export class SpeculationRecord {
  readonly #scores = new Map<SpeculationTag, Score>();
  readonly #minClients: number;

  constructor(minClients: number) {
    this.#minClients = minClients;
  }

  /**
   * A page was fetched ahead.
   *
   * @param who The client, or its network.
   * @returns Whether it counts; then, and only then, report that it was shown.
   */
  sent(tag: SpeculationTag, who: string): boolean {
    const score = this.#scoreOf(tag);
    if (!score.share.admits(clientHash(who))) return false;
    score.sent++;
    if (score.sent >= 2 * keptFetches) {
      score.sent /= 2;
      score.shown /= 2;
    }
    return true;
  }

  shown(tag: SpeculationTag): void {
    const score = this.#scoreOf(tag);
    score.shown = Math.min(score.sent, score.shown + 1);
  }

  /** The share of a rule's pages that were looked at; `undefined` while too few were fetched. */
  precisionOf(tag: SpeculationTag): number | undefined {
    const { sent, shown } = this.#scoreOf(tag);
    return sent < fewFetches ? undefined : shown / sent;
  }

  #scoreOf(tag: SpeculationTag): Score {
    let score = this.#scores.get(tag);
    if (score === undefined) {
      score = { share: new FairShare(this.#minClients), sent: 0, shown: 0 };
      this.#scores.set(tag, score);
    }
    return score;
  }
}

/** The rule that a speculative request came from; `undefined` for rules of others. */
export function tagOf(headers: IncomingHttpHeaders): SpeculationTag | undefined {
  const named = headers['sec-speculation-tags'];
  if (typeof named !== 'string') return undefined;
  return tags.find((tag) => named.includes(`"${tag}"`));
}
