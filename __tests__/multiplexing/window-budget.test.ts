import { WindowBudget } from '../../lib/multiplexing/window-budget';

/** Somebody who wants so many bytes whenever asked. */
function borrower(budget: WindowBudget) {
  const self = {
    wantedBytes: 0,
    bytes: 0,
    reconsider: () => {
      self.bytes = budget.resize(self.reconsider, self.wantedBytes);
    },
    want(bytes: number) {
      self.wantedBytes = bytes;
      self.reconsider();
    },
  };
  return self;
}

test('lends what one wants while there is enough, and lends again what came back', () => {
  const budget = new WindowBudget(100);
  const [first, second] = [borrower(budget), borrower(budget)];
  first.want(60);
  second.want(40);
  expect([first.bytes, second.bytes, budget.lentBytes]).toEqual([60, 40, 100]);
  first.want(0);
  second.want(100);
  expect([first.bytes, second.bytes, budget.lentBytes]).toEqual([0, 100, 100]);
});

test('takes back what exceeds an equal share once it is short', () => {
  const budget = new WindowBudget(120);
  const [first, second, third] = [borrower(budget), borrower(budget), borrower(budget)];
  first.want(120);
  second.want(30);
  expect([first.bytes, second.bytes]).toEqual([60, 30]);
  third.want(120);
  expect([first.bytes, second.bytes, third.bytes]).toEqual([40, 30, 40]);
  expect(budget.lentBytes).toBeLessThanOrEqual(120);
});

test('gives all to the last one that is left', () => {
  const budget = new WindowBudget(120);
  const [first, second] = [borrower(budget), borrower(budget)];
  first.want(120);
  second.want(120);
  first.want(0);
  second.reconsider();
  expect([second.bytes, budget.lentBytes]).toEqual([120, 120]);
});

test('lends nothing while memory is short, and takes back what it lent', () => {
  let isMemoryShort = false;
  const budget = new WindowBudget(120, () => isMemoryShort);
  const first = borrower(budget);
  first.want(100);
  isMemoryShort = true;
  first.reconsider();
  expect([first.bytes, budget.lentBytes]).toEqual([0, 0]);
  isMemoryShort = false;
  first.reconsider();
  expect(first.bytes).toBe(100);
});
