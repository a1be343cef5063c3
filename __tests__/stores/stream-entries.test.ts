import { entriesOf } from '../../lib/stores/stream-entries';

const entries = [
  ['1-0', ['e', 'one']],
  ['1-1', ['e', 'two']],
];
const read = [
  { id: '1-0', text: 'one' },
  { id: '1-1', text: 'two' },
];

describe('entriesOf', () => {
  it('reads a reply of RESP3', () => expect(entriesOf({ key: entries })).toEqual(read));
  it('reads a reply of RESP2', () => expect(entriesOf([['key', entries]])).toEqual(read));
  it('reads nothing from no reply', () => expect(entriesOf(null)).toEqual([]));
});
