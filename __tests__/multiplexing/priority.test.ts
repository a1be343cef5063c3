import type { IncomingMessage, ServerResponse } from 'node:http';
import { priority, setPriority } from '../../lib/multiplexing/priority';
import { priorityOverride, watchPriority } from '../../lib/multiplexing/priority-override';

const request = {} as IncomingMessage;
const response = () => ({}) as ServerResponse;

test('sets what it was given and goes on', () => {
  const res = response();
  const next = jest.fn();
  priority({ urgency: 1, weight: 200 })(request, res, next);
  expect(priorityOverride(res)).toMatchObject({ urgency: 1, weight: 200 });
  expect(priorityOverride(res).incremental).toBeUndefined();
  expect(next.mock.calls).toEqual([[]]);
});

test('lets a later call change single members, and tells who watches', () => {
  const res = response();
  const changed = jest.fn();
  setPriority(res, { urgency: 5, incremental: true });
  watchPriority(res, changed);
  setPriority(res, { urgency: 2 });
  expect(priorityOverride(res)).toMatchObject({ urgency: 2, incremental: true });
  expect(changed).toHaveBeenCalledTimes(1);
});

test('tells who watches a response that had no wish yet', () => {
  const res = response();
  const changed = jest.fn();
  watchPriority(res, changed);
  setPriority(res, { urgency: 2 });
  expect(changed).toHaveBeenCalledTimes(1);
});

test.each([
  [{ urgency: 8 }, RangeError, 'priority: urgency must be an integer from 0 to 7, got 8'],
  [{ urgency: '1' }, TypeError, "priority: urgency must be an integer from 0 to 7, got '1'"],
  [{ weight: 0 }, RangeError, 'priority: weight must be an integer from 1 to 256, got 0'],
  [{ incremental: 1 }, TypeError, 'priority: incremental must be a boolean, got 1'],
  [{ urgancy: 1 }, TypeError, 'did you mean urgency?'],
])('refuses %j', (options, type, message) => {
  const make = () => priority(options as never);
  expect(make).toThrow(type);
  expect(make).toThrow(message);
});

test('says so when it is used without being called', () => {
  expect(() => priority({ headers: {}, method: 'GET' } as never)).toThrow('priority is a factory');
});

test('has a name for stack traces', () => {
  expect(priority({}).name).toBe('priorityMiddleware');
});
