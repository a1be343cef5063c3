import { totalmem } from 'node:os';
import { freeMemoryBytes } from '../../lib/multiplexing/free-memory';

test('tells a part of the memory of the machine', () => {
  expect(freeMemoryBytes()).toBeGreaterThan(0);
  expect(freeMemoryBytes()).toBeLessThan(totalmem());
});
