import { boolean, custom, integer, number, oneOf, parseOptions } from '../../lib/util/options';
import type { OptionRules } from '../../lib/util/options';

interface Options {
  readonly poolBytes?: number;
  readonly share?: number;
  readonly isOn?: boolean;
  readonly mode?: 'observe' | 'deliver';
  readonly onEvent?: (() => void) | undefined;
}

const rules: OptionRules<Options> = {
  poolBytes: integer(1024, 1),
  share: number(0.5, 0, 1),
  isOn: boolean(true),
  mode: oneOf(['observe', 'deliver'], 'deliver'),
  onEvent: custom<(() => void) | undefined>(
    'a function',
    undefined,
    (value) => typeof value === 'function',
  ),
};

const parse = (given: unknown) => parseOptions<Options>('part', given, rules);

describe('parseOptions', () => {
  it.each([[undefined], [{}], [{ poolBytes: undefined, mode: undefined }]])(
    'completes %p with the defaults',
    (given) => {
      expect(parse(given)).toEqual({
        poolBytes: 1024,
        share: 0.5,
        isOn: true,
        mode: 'deliver',
        onEvent: undefined,
      });
    },
  );

  it('keeps what was given', () => {
    const given = { poolBytes: 1, share: 0, isOn: false, mode: 'observe', onEvent: () => {} };
    expect(parse(given)).toEqual(given);
  });

  it.each([
    [{ poolBytes: -1 }, RangeError, 'part: poolBytes must be a positive integer, got -1'],
    [{ poolBytes: 1.5 }, RangeError, 'part: poolBytes must be a positive integer, got 1.5'],
    [{ poolBytes: Number.NaN }, RangeError, 'part: poolBytes must be a positive integer, got NaN'],
    [{ poolBytes: '1' }, TypeError, "part: poolBytes must be a positive integer, got '1'"],
    [{ share: 2 }, RangeError, 'part: share must be a number from 0 to 1, got 2'],
    [{ isOn: 1 }, TypeError, 'part: isOn must be a boolean, got 1'],
    [{ mode: 'of' }, TypeError, "part: mode must be one of 'observe', 'deliver', got 'of'"],
    [{ onEvent: null }, TypeError, 'part: onEvent must be a function, got null'],
    [null, TypeError, 'part: options must be an object, got null'],
    [[], TypeError, 'part: options must be an object, got []'],
  ])('refuses %p', (given, type, message) => {
    expect(() => parse(given)).toThrow(type);
    expect(() => parse(given)).toThrow(message);
  });

  it.each([
    ['poolbytes', 'did you mean poolBytes?'],
    ['pool', 'did you mean poolBytes?'],
    ['shaer', 'did you mean share?'],
    ['colour', 'known options: poolBytes, share, isOn, mode, onEvent'],
    ['constructor', 'known options: poolBytes, share, isOn, mode, onEvent'],
  ])('says of the unknown key %s what could be meant', (key, hint) => {
    expect(() => parse({ [key]: 1 })).toThrow(`part: unknown option '${key}'; ${hint}`);
  });
});
