import { createHash } from 'node:crypto';
import { PartitionKeys } from '../../lib/limits/partition-keys';

const nameOf = (key: string) =>
  Buffer.from(createHash('sha256').update(key).digest('hex').slice(0, 12)).toString('base64');

describe('PartitionKeys', () => {
  it('names a client the same each time, as express-rate-limit does', () => {
    const keys = new PartitionKeys();
    for (const key of ['203.0.113.5', 'näme 日本', 'x'.repeat(500), '203.0.113.5']) {
      expect(keys.of(key)).toBe(nameOf(key));
    }
  });

  it('names more clients than it keeps', () => {
    const keys = new PartitionKeys();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1500; i++) expect(keys.of(`client-${i}`)).toBe(nameOf(`client-${i}`));
    }
  });
});
