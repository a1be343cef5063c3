import { parsePriority } from '../../lib/multiplexing/priority-field';

test.each([
  [undefined, {}],
  ['', {}],
  ['u=5', { urgency: 5 }],
  ['u=0, i', { urgency: 0, incremental: true }],
  ['i=?0,u=7', { urgency: 7, incremental: false }],
  ['i', { incremental: true }],
  ['u=1;foo=bar, x=(a b), i;q=1', { urgency: 1, incremental: true }],
])('reads %j', (header, want) => {
  expect(parsePriority(header)).toEqual(want);
});

test.each([
  ['an urgency above 7', 'u=8, i', { incremental: true }],
  ['an urgency below 0', 'u=-1, i', { incremental: true }],
  ['a decimal urgency', 'u=1.0, i', { incremental: true }],
  ['an urgency of another type', 'u="1", i', { incremental: true }],
  ['an incremental that is no boolean', 'u=2, i=1', { urgency: 2 }],
])('ignores %s alone', (_name, header, want) => {
  expect(parsePriority(header)).toEqual(want);
});

test.each(['u=1,', 'u=1; i=', 'i, u=', 'u=1 i', 'U=1, i'])('ignores malformed %j', (header) => {
  expect(parsePriority(header)).toEqual({});
});

test('reads a negative zero as zero', () => {
  expect(Object.is(parsePriority('u=-0').urgency, 0)).toBe(true);
});
