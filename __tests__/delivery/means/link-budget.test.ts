import { LinkBudget } from '../../../lib/delivery/means/link-budget';

describe('LinkBudget', () => {
  it('takes so many links and no more', () => {
    const budget = new LinkBudget(2);
    expect(['a', 'b', 'c'].map((link) => budget.takes(link))).toEqual([true, true, false]);
  });

  it('takes no more than 1024 bytes, and what still fits after a link that does not', () => {
    const budget = new LinkBudget(8);
    const links = [1000, 30, 24, 1].map((length) => 'x'.repeat(length));
    expect(links.map((link) => budget.takes(link))).toEqual([true, false, true, false]);
  });

  it('has room again for what was not sent', () => {
    const budget = new LinkBudget(1);
    const link = 'x'.repeat(1024);
    expect(budget.takes(link)).toBe(true);
    budget.restore([link]);
    expect(budget.takes(link)).toBe(true);
  });
});
