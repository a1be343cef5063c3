import { parseArgs } from 'node:util';

export interface Effort {
  /** Measurements of each candidate. */
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
}

/** Reads `--rounds` and `--seconds` from the command line. */
export function readEffort(standard: Effort): Effort {
  const { values } = parseArgs({
    options: { rounds: { type: 'string' }, seconds: { type: 'string' } },
  });
  return {
    rounds: positive('rounds', values.rounds, standard.rounds),
    seconds: positive('seconds', values.seconds, standard.seconds),
  };
}

function positive(name: string, given: string | undefined, standard: number): number {
  const value = given === undefined ? standard : Number(given);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`--${name} must be a positive integer, got ${given}`);
}
