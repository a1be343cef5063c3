import { inspect } from 'node:util';

/** What one option accepts, and what it is when the caller says nothing. */
export interface OptionRule<T> {
  /** Completes the sentence "x must be …". */
  readonly expected: string;
  readonly fallback: T;
  accepts(value: unknown): boolean;
  /** A number of the right type outside its range is a `RangeError`, anything else a `TypeError`. */
  readonly type?: 'number';
}

/** One rule for every key of `T`; the compiler refuses a table that forgets one. */
export type OptionRules<T extends object> = {
  readonly [K in keyof T]-?: OptionRule<T[K]>;
};

const isInteger = (value: unknown): value is number => Number.isInteger(value);

/** An integer from `min` to `max`. */
export function integer(
  fallback: number,
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
): OptionRule<number> {
  const bounded = max < Number.MAX_SAFE_INTEGER;
  return {
    expected: bounded
      ? `an integer from ${min} to ${max}`
      : min === 1
        ? 'a positive integer'
        : `an integer of at least ${min}`,
    fallback,
    accepts: (value) => isInteger(value) && value >= min && value <= max,
    type: 'number',
  };
}

/** A finite number from `min` to `max`. */
export function number(fallback: number, min: number, max: number): OptionRule<number> {
  return {
    expected: `a number from ${min} to ${max}`,
    fallback,
    accepts: (value) => typeof value === 'number' && value >= min && value <= max,
    type: 'number',
  };
}

export function boolean(fallback: boolean): OptionRule<boolean> {
  return { expected: 'a boolean', fallback, accepts: (value) => typeof value === 'boolean' };
}

/** One of a list of literals. */
export function oneOf<const T extends string>(
  values: readonly T[],
  fallback: NoInfer<T>,
): OptionRule<T> {
  return {
    expected: `one of ${values.map((value) => `'${value}'`).join(', ')}`,
    fallback,
    accepts: (value) => values.some((one) => one === value),
  };
}

/** Anything that `accepts` says yes to; `expected` completes "x must be …". */
export function custom<T>(
  expected: string,
  fallback: T,
  accepts: (value: unknown) => boolean,
): OptionRule<T> {
  return { expected, fallback, accepts };
}

/**
 * Checks the options a caller gave against `rules` and completes them with the defaults.
 * `undefined` means "the default"; a key the rules do not name is an error.
 *
 * @param owner Name of the function whose options these are, for the message.
 * @throws TypeError for an unknown key or a value of the wrong type.
 * @throws RangeError for a number out of range.
 */
export function parseOptions<T extends object>(
  owner: string,
  given: unknown,
  rules: OptionRules<T>,
): Required<T> {
  if (
    given !== undefined &&
    (typeof given !== 'object' || given === null || Array.isArray(given))
  ) {
    throw new TypeError(`${owner}: options must be an object, got ${show(given)}`);
  }
  const input: Record<string, unknown> = { ...given };
  const table = rules as Record<string, OptionRule<unknown>>;
  for (const key of Object.keys(input)) {
    if (!Object.hasOwn(table, key)) throw new TypeError(unknownKey(owner, key, Object.keys(table)));
  }
  const parsed: Record<string, unknown> = {};
  for (const [key, rule] of Object.entries(table)) {
    const value = input[key];
    if (value === undefined) parsed[key] = rule.fallback;
    else if (rule.accepts(value)) parsed[key] = value;
    else throw invalidOption(owner, key, rule, value);
  }
  return parsed as Required<T>;
}

function invalidOption(
  owner: string,
  key: string,
  rule: OptionRule<unknown>,
  value: unknown,
): Error {
  const message = `${owner}: ${key} must be ${rule.expected}, got ${show(value)}`;
  return typeof value === rule.type ? new RangeError(message) : new TypeError(message);
}

function unknownKey(owner: string, key: string, known: readonly string[]): string {
  const near = known.find((one) => isNear(one.toLowerCase(), key.toLowerCase()));
  const hint = near === undefined ? `known options: ${known.join(', ')}` : `did you mean ${near}?`;
  return `${owner}: unknown option ${show(key)}; ${hint}`;
}

/** True when `a` and `b` are at most two edits (Levenshtein) apart, or one begins the other. */
function isNear(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a))) return true;
  if (Math.abs(a.length - b.length) > 2) return false;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return (row[b.length] ?? Infinity) <= 2;
}

function show(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 60 });
}
