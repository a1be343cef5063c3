/** Classes of visits of a context: 1, 2, 3, 4-5, 6-8, 9-16, 17-32, 33-64, 65-128, 129-512, more. */
const totalClasses = 11;
const shareClasses = 16;
const ageClasses = 3;

/** Classes of shares are this many to one unit of log odds, from `leastLogOdds` on. */
const classesPerUnit = 1.6;
const leastLogOdds = -6;

/** State of a context that was never seen. */
export const unknownState = 0;
const absentFrom = 1;
const presentFrom = absentFrom + totalClasses;

/** Distinct states of a target in a context. */
export const countStates = presentFrom + totalClasses * shareClasses * ageClasses;

const classOfTotal = Uint8Array.from({ length: 514 }, (_, total) =>
  [1, 2, 3, 5, 8, 16, 32, 64, 128, 512, Infinity].findIndex((most) => total <= most),
);

function totalClass(total: number): number {
  return classOfTotal[total < 513 ? (total + 0.5) | 0 : 513] ?? 0;
}

/** State of a target that a known context has not led to. */
export function absentState(total: number): number {
  return absentFrom + totalClass(total);
}

/** What is seen of each outcome beforehand. */
const beforehand = 0.4;

/** Logarithms of counts in eighths, as far as the default half-life lets them grow. */
const eighths = 8;
const logarithms = Float64Array.from({ length: 520 * eighths }, (_, count) =>
  Math.log(count / eighths + beforehand),
);

function logarithmOf(count: number): number {
  return logarithms[(count * eighths + 0.5) | 0] ?? Math.log(count + beforehand);
}

/** Log odds of `count` uses in `total` visits, with 0.4 of each outcome seen beforehand. */
export function logOddsOf(count: number, total: number): number {
  return logarithmOf(count) - logarithmOf(total > count ? total - count : 0);
}

/** Uses a target may miss, at its rate, before it is overdue. */
const missedUses = 3;

const stateBits = 16;
const stateMask = (1 << stateBits) - 1;

/** How much of the exact log odds within a class of states is believed. */
const beyondWeight = 0.8;

/** Steps of one unit in which log odds beyond the middle of a class are kept. */
const beyondSteps = 2048;
const stepsPerClass = (beyondWeight * beyondSteps) / classesPerUnit;

/**
 * What a context says of a target it led to: a state, and in the higher half how far the log odds lie
 * beyond the middle of their class, as far as that is believed. A state alone is evidence, too.
 *
 * The state is how often the context was seen, the share of it that led to the target, and whether
 * that was of late, in due course, or is overdue: then the site has changed.
 *
 * @param age Visits of the context since.
 */
export function evidenceOf(total: number, count: number, age: number): number {
  const place = (logOddsOf(count, total) - leastLogOdds) * classesPerUnit;
  const share = place < 0 ? 0 : place >= shareClasses ? shareClasses - 1 : place | 0;
  const beyond = Math.round((place - share - 0.5) * stepsPerClass);
  const ageClass = age <= 1 ? 0 : age * count <= missedUses * total ? 1 : 2;
  const state = presentFrom + (totalClass(total) * shareClasses + share) * ageClasses + ageClass;
  return (beyond << stateBits) | state;
}

export function stateOf(evidence: number): number {
  return evidence & stateMask;
}

/** Log odds that evidence adds to what its state is worth. */
export function beyondState(evidence: number): number {
  return (evidence >> stateBits) / beyondSteps;
}

/** Whether evidence is of a target that a context led to. */
export function isPresent(evidence: number): boolean {
  return stateOf(evidence) >= presentFrom;
}

function middleOf(share: number): number {
  return (share + 0.5) / classesPerUnit + leastLogOdds;
}

/** What a state is worth before anything is learned: the log odds of its share,
 * unless it was of late, or is overdue. */
export function untaughtLogOdds(state: number): number {
  if (state < presentFrom) return state === unknownState ? -3 : -3 - 0.3 * (state - absentFrom);
  const share = Math.floor((state - presentFrom) / ageClasses) % shareClasses;
  const ageClass = (state - presentFrom) % ageClasses;
  if (ageClass === 2) return Math.min(-3, middleOf(share));
  return ageClass === 0 ? Math.max(-1.5, middleOf(share)) : middleOf(share);
}

/** A state that is like another, and how much. */
export interface LikeState {
  readonly state: number;
  readonly weight: number;
}

/**
 * For each state of a target in a context, itself and those that are like it: as many visits, as
 * large a share, or nearly so, and used as long ago. Each step away multiplies the weight.
 */
export function* likeStates(weightOfStep: number): IterableIterator<[number, LikeState[]]> {
  for (let from = presentFrom; from < countStates; from++) {
    const like: LikeState[] = [];
    for (let state = presentFrom; state < countStates; state++) {
      const steps = stepsBetween(from - presentFrom, state - presentFrom);
      if (steps <= 2) like.push({ state, weight: weightOfStep ** steps });
    }
    yield [from, like];
  }
}

function stepsBetween(one: number, other: number): number {
  if (one % ageClasses !== other % ageClasses) return Infinity;
  const [a, b] = [Math.floor(one / ageClasses), Math.floor(other / ageClasses)];
  const totals = Math.floor(a / shareClasses) - Math.floor(b / shareClasses);
  return Math.abs(totals) + Math.abs((a % shareClasses) - (b % shareClasses));
}
