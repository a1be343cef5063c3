/** Log odds beyond this are as good as certain. */
const most = 12;

/** Probability of log odds. */
export function squash(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** Log odds of a probability. */
export function stretch(probability: number): number {
  const logOdds = Math.log(probability / (1 - probability));
  return logOdds > most ? most : logOdds < -most ? -most : logOdds;
}
