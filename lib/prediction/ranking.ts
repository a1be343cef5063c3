import type { PageKnowledge } from './page-knowledge';
import type { TargetCounts, TargetEvidence, TargetKind } from './target-counts';

/** One guess. */
export interface Prediction {
  readonly target: string;
  readonly kind: TargetKind;
  /** Chance that the visitor will ask for it. From 0 to 1. */
  readonly confidence: number;
  /** Distinct clients that taught it, counted up to `minClients`. */
  readonly clients: number;
}

/** Visits that what is known beforehand weighs as much as. */
const priorVisits = 2;

/** Chance of a target before anything is known of its page but that somebody asked for it. */
const priorRate = 0.1;

/**
 * Chance of a use, estimated from counts and from an expectation that weighs `priorVisits` visits:
 * the posterior mean of a beta-binomial. Chained from the route pattern to the page as in MacKay
 * and Peto, "A hierarchical Dirichlet language model", Natural Language Engineering 1(3), 1995.
 * One visit with one use, and nothing else known, gives 0.4; three of three 0.64.
 */
export function usageRate(uses: number, visits: number, expected: number): number {
  return Math.min(1, (uses + priorVisits * expected) / (visits + priorVisits));
}

/** Earlier is better among targets that are about equally likely: what blocks rendering first. */
const precedence: Readonly<Record<TargetKind, number>> = {
  document: 0,
  style: 0,
  script: 1,
  font: 2,
  image: 3,
  fetch: 4,
};

/** Likelier by a tenth first, then what blocks rendering, then the likelier. */
function compare(a: Prediction, b: Prediction): number {
  return (
    Math.round(b.confidence * 10) - Math.round(a.confidence * 10) ||
    precedence[a.kind] - precedence[b.kind] ||
    b.confidence - a.confidence
  );
}

/** Which of a page's tables is asked. */
export type Part = 'resources' | 'nextPages';

/** A page that is asked about, and what is known of it and of its kind. */
export interface Question {
  readonly part: Part;
  readonly page: PageKnowledge | undefined;
  readonly pattern: PageKnowledge | undefined;
  readonly minClients: number;
  readonly minConfidence: number;
}

/** The targets of a page and of its pattern that may be offered, best first. */
export function rankTargets(question: Question): Prediction[] {
  const own = question.page?.[question.part];
  const shared = question.pattern?.[question.part];
  const found: Prediction[] = [];
  const consider = (target: string, inOwn?: TargetEvidence, inShared?: TargetEvidence): void => {
    const clients = Math.max(inOwn?.clients.count ?? 0, inShared?.clients.count ?? 0);
    if (clients < question.minClients) return;
    const confidence = rate(own, inOwn, rate(shared, inShared, priorRate));
    if (confidence < question.minConfidence) return;
    const kind = (inOwn ?? inShared)?.kind;
    if (kind !== undefined) found.push({ target, kind, confidence, clients });
  };
  if (own !== undefined) {
    for (const [target, evidence] of own.entries()) {
      consider(target, evidence, shared?.get(target));
    }
  }
  if (shared !== undefined) {
    for (const [target, evidence] of shared.entries()) {
      if (own?.get(target) === undefined) consider(target, undefined, evidence);
    }
  }
  return found.sort(compare);
}

function rate(
  counts: TargetCounts | undefined,
  evidence: TargetEvidence | undefined,
  expected: number,
): number {
  if (counts === undefined) return expected;
  return usageRate(evidence?.uses ?? 0, counts.visits, expected);
}
