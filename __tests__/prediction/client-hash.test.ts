import { clientHash } from '../../lib/prediction/client-hash';

describe('clientHash', () => {
  it('is FNV-1a with 32 bits', () => {
    expect(clientHash('') >>> 0).toBe(0x811c9dc5);
    expect(clientHash('a') >>> 0).toBe(0xe40c292c);
    expect(clientHash('foobar') >>> 0).toBe(0xbf9cf968);
  });
});
