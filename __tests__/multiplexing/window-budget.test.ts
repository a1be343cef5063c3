import { WindowBudget } from '../../lib/multiplexing/window-budget';

test('lends what is left, and lends again what came back', () => {
  const budget = new WindowBudget(100);
  expect([budget.borrow(70), budget.borrow(70), budget.borrow(1)]).toEqual([70, 30, 0]);
  budget.giveBack(30);
  expect(budget.borrow(50)).toBe(30);
  expect(budget.lentBytes).toBe(100);
});
