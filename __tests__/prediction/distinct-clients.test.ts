import * as fc from 'fast-check';
import { DistinctClients } from '../../lib/prediction/distinct-clients';

describe('DistinctClients', () => {
  it('counts like a set, up to the limit, for any sequence', () => {
    const hashes = fc.array(fc.integer({ min: -3, max: 6 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), hashes, (enough, sequence) => {
        const clients = new DistinctClients();
        for (const hash of sequence) clients.add(hash, enough);
        expect(clients.count).toBe(Math.min(enough, new Set(sequence).size));
      }),
    );
  });
});
