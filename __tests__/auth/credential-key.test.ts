import { createHash } from 'node:crypto';
import { credentialKey } from '../../lib/auth/credential-key';

describe('credentialKey', () => {
  it('is the SHA-256 of context and credential, 32 bytes', () => {
    const expected = createHash('sha256').update('3:abcsecret').digest('binary');
    expect(credentialKey('secret', 'abc')).toBe(expected);
    expect(expected).toHaveLength(32);
  });

  it('cannot be the same because a context ends as a credential begins', () => {
    expect(credentialKey('bc', 'a')).not.toBe(credentialKey('c', 'ab'));
    expect(credentialKey('b', '1:a')).not.toBe(credentialKey(':ab', '1'));
  });
});
