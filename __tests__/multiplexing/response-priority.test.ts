import type { ServerResponse } from 'node:http';
import { overridePriority } from '../../lib/multiplexing/priority-override';
import { markImminent } from '../../lib/util/imminent';
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

describe('what is asked for ahead', () => {
  const ahead = (headers: Record<string, string>) =>
    responsePriority(request({ 'sec-purpose': 'prefetch;prerender', ...headers }), response());

  test.each([
    ['document', 'u=4, i', 5],
    ['document', 'u=0, i', 5],
    ['style', 'u=0', 6],
    ['script', 'u=2', 6],
    ['image', 'i', 7],
    ['image', 'u=4, i', 7],
  ])('goes behind all else: a %s at %s to %i', (destination, priority, urgency) => {
    const { urgency: found } = ahead({ 'sec-fetch-dest': destination, priority });
    expect(found).toBe(urgency);
  });

  test('goes there too if only a guess tells how urgent it is', () => {
    expect(ahead({ 'sec-fetch-dest': 'document' })).toMatchObject({ urgency: 5 });
    expect(ahead({ 'sec-fetch-dest': 'style' })).toMatchObject({ urgency: 6 });
    expect(ahead({ 'sec-fetch-dest': 'image' })).toMatchObject({ urgency: 7 });
  });

  test('lets pages pass that are about to be opened, but not before what blocks a paint', () => {
    const res = response();
    markImminent(res);
    const headers = { 'sec-purpose': 'prefetch', 'sec-fetch-dest': 'document', priority: 'u=4, i' };
    expect(responsePriority(request(headers), res)).toMatchObject({
      urgency: 1,
      incremental: true,
    });
  });

  test('stays where the app puts it', () => {
    const res = response();
    overridePriority(res, { urgency: 1 });
    const req = request({ 'sec-purpose': 'prefetch', priority: 'u=4, i' });
    expect(responsePriority(req, res)).toMatchObject({ urgency: 1, incremental: true });
  });

  test('is as urgent as its client says once it is awaited', () => {
    const req = request({ 'sec-purpose': 'prefetch', priority: 'u=2' });
    expect(responsePriority(req, response(), true)).toMatchObject({ urgency: 2 });
  });
});
