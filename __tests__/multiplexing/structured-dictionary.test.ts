import { parseDictionary } from '../../lib/multiplexing/structured-dictionary';

const entries = (field: string) => {
  const members = parseDictionary(field);
  return members && Object.fromEntries(members);
};

test.each([
  ['', {}],
  ['   ', {}],
  ['a=1, b', { a: 1, b: true }],
  ['a=1 ,\t b=?0  ', { a: 1, b: false }],
  ['a=1\t', { a: 1 }],
  ['a=-999999999999999', { a: -999_999_999_999_999 }],
  ['a=1, a=2', { a: 2 }],
  ['a;x;y=2;z="1", b=3; q', { a: true, b: 3 }],
  ['*a-b_c.d*=?1', { '*a-b_c.d*': true }],
])('reads %j', (field, want) => {
  expect(entries(field)).toEqual(want);
});

test.each([
  ['a decimal', 'x=1.125'],
  ['a string', String.raw`x="a \"quoted\" \\ , string"`],
  ['a token', 'x=*tok/en:1'],
  ['bytes', 'x=:aGVsbG8=:'],
  ['a date', 'x=@1659578233'],
  ['a display string', 'x=%"f%c3%bc"'],
  ['an inner list', 'x=( 1 "two";q=1  three );p=?1'],
  ['an empty list', 'x=()'],
])('accepts %s and goes on behind it', (_name, member) => {
  expect(entries(`${member}, u=1`)).toEqual({ x: undefined, u: 1 });
});

test.each([
  'u=1,',
  ',u=1',
  'u=1 i',
  'u=',
  'u =1',
  'u= 1',
  'U=1',
  '1=1',
  'u=1,,i',
  'u=--1',
  'u=1.',
  'u=1.1234',
  'u=1234567890123456',
  'u=1234567890123.1',
  'u=?2',
  'u="open',
  String.raw`u="\x"`,
  'u="ü"',
  'u=%"%FF"',
  'u=:aé:',
  'u=(1 2',
  'u=(1)2',
  'u=(1"a")',
  'u=1;',
  'u=1;=2',
  '\tu=1',
  'u=1;q=',
  'u=@1.5',
  'u=\u00001',
])('refuses %j as a whole', (field) => {
  expect(parseDictionary(field)).toBeUndefined();
});
