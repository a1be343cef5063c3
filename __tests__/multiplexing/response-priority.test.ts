import type { ServerResponse } from 'node:http';
import { overridePriority } from '../../lib/multiplexing/priority-override';
import {
  responsePriority,
  urgencyOfWeight,
  type PriorityRequest,
} from '../../lib/multiplexing/response-priority';

const response = (headers: Record<string, string> = {}): ServerResponse =>
  ({ getHeader: (name: string) => headers[name] }) as unknown as ServerResponse;

const request = (headers: Record<string, string> = {}, weight?: number): PriorityRequest => ({
  headers,
  stream: { state: { weight } },
});

test('falls back to a guess by what is sent', () => {
  const priority = responsePriority(request(), response({ 'content-type': 'text/css' }));
  expect(priority).toEqual({ urgency: 1, incremental: false, weight: 16 });
});

test('prefers the weight of old clients to the guess, and keeps the guessed incremental', () => {
  const priority = responsePriority(request({}, 147), response({ 'content-type': 'image/png' }));
  expect(priority).toEqual({ urgency: 3, incremental: true, weight: 16 });
});

test('takes the default weight for silence', () => {
  const priority = responsePriority(request({}, 16), response({ 'content-type': 'text/css' }));
  expect(priority.urgency).toBe(1);
});

test('prefers the priority header to the weight', () => {
  const priority = responsePriority(request({ priority: 'u=5, i' }, 256), response());
  expect(priority).toEqual({ urgency: 5, incremental: true, weight: 16 });
});

test('completes a header by the defaults of RFC 9218', () => {
  expect(responsePriority(request({ priority: 'i' }), response())).toMatchObject({ urgency: 3 });
  expect(responsePriority(request({ priority: 'u=6' }), response())).toMatchObject({
    incremental: false,
  });
});

test('overlooks a malformed header', () => {
  const priority = responsePriority(request({ priority: 'u=0,' }, 1), response());
  expect(priority.urgency).toBe(7);
});

test('prefers what the app says, member by member', () => {
  const res = response();
  overridePriority(res, { urgency: 2 });
  expect(responsePriority(request({ priority: 'u=6, i' }), res)).toEqual({
    urgency: 2,
    incremental: true,
    weight: 16,
  });
  overridePriority(res, { incremental: false, weight: 200 });
  expect(responsePriority(request({ priority: 'u=6, i' }), res)).toEqual({
    urgency: 2,
    incremental: false,
    weight: 200,
  });
});

test("maps Chrome's weights back to their urgencies", () => {
  const weights = [0, 1, 2, 3, 4, 5, 6, 7].map((u) => Math.floor(((7 - u) * 255.9) / 7) + 1);
  expect(weights.map((weight) => urgencyOfWeight(weight))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  for (let weight = 1; weight <= 256; weight++) {
    expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(urgencyOfWeight(weight));
  }
});
