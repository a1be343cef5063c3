import * as fc from 'fast-check';
import { PriorityScheduler, starvationLimit } from '../../lib/multiplexing/priority-scheduler';
import type { StreamPriority } from '../../lib/multiplexing/stream-priority';

const frame = 16_384;

const sequential = (urgency = 3): StreamPriority => ({ urgency, incremental: false, weight: 16 });
const shared = (weight = 16, urgency = 3): StreamPriority => ({
  urgency,
  incremental: true,
  weight,
});

/** Serves `turns` decisions of one frame each and returns who got them. */
function serve(scheduler: PriorityScheduler, turns: number, bytes = frame): number[] {
  const order: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const id = scheduler.next();
    if (id === undefined) break;
    order.push(id);
    scheduler.charge(id, bytes);
  }
  return order;
}

function countTurns(order: readonly number[]): Record<number, number> {
  const turns: Record<number, number> = {};
  for (const id of order) turns[id] = (turns[id] ?? 0) + 1;
  return turns;
}

/** Serves streams with so many frames each until nothing is left. */
function finish(scheduler: PriorityScheduler, frames: Record<number, number>): number[] {
  const order: number[] = [];
  for (let id = scheduler.next(); id !== undefined; id = scheduler.next()) {
    order.push(id);
    scheduler.charge(id, frame);
    frames[id] = (frames[id] ?? 0) - 1;
    if (frames[id] === 0) scheduler.remove(id);
  }
  return order;
}

describe('between urgencies', () => {
  test('serves the most urgent stream first, whenever it came', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, sequential(7));
    scheduler.add(3, sequential(3));
    scheduler.add(5, shared(16, 0));
    expect(finish(scheduler, { 1: 2, 3: 2, 5: 2 })).toEqual([5, 5, 3, 3, 1, 1]);
  });

  test('lets a more urgent stream in between', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, sequential(5));
    expect(serve(scheduler, 2)).toEqual([1, 1]);
    scheduler.add(3, sequential(0));
    expect(finish(scheduler, { 1: 2, 3: 1 })).toEqual([3, 1, 1]);
  });

  test('gives every 64th decision to a less urgent stream', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, sequential(0));
    scheduler.add(3, sequential(7));
    const order = serve(scheduler, 2 * starvationLimit);
    expect(order.indexOf(3)).toBe(starvationLimit - 1);
    expect(countTurns(order)).toEqual({ 1: 126, 3: 2 });
  });

  test('shares these decisions among all urgencies that wait', () => {
    const scheduler = new PriorityScheduler();
    for (const urgency of [0, 2, 5, 7]) scheduler.add(urgency, sequential(urgency));
    const order = serve(scheduler, 6 * starvationLimit).filter((id) => id !== 0);
    expect(order).toEqual([7, 5, 2, 7, 5, 2]);
  });

  test('does not count decisions at which nobody less urgent waited', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, sequential(0));
    serve(scheduler, starvationLimit);
    scheduler.add(3, sequential(7));
    expect(serve(scheduler, 3)).toEqual([1, 1, 1]);
  });
});

describe('within one urgency', () => {
  test('serves non-incremental streams one after another, in order of arrival', () => {
    const scheduler = new PriorityScheduler();
    for (const id of [1, 3, 5]) scheduler.add(id, sequential());
    expect(finish(scheduler, { 1: 2, 3: 2, 5: 2 })).toEqual([1, 1, 3, 3, 5, 5]);
  });

  test('keeps the place of a non-incremental stream that paused', () => {
    const scheduler = new PriorityScheduler();
    for (const id of [1, 3]) scheduler.add(id, sequential());
    scheduler.pause(1);
    expect(serve(scheduler, 2)).toEqual([3, 3]);
    scheduler.resume(1);
    expect(serve(scheduler, 2)).toEqual([1, 1]);
  });

  test('serves incremental streams of equal weight in turn', () => {
    const scheduler = new PriorityScheduler();
    for (const id of [1, 3, 5]) scheduler.add(id, shared());
    expect(serve(scheduler, 7)).toEqual([1, 3, 5, 1, 3, 5, 1]);
  });

  test('spreads the turns of unequal weights', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, shared(256));
    scheduler.add(3, shared(128));
    scheduler.add(5, shared(64));
    const want = [1, 3, 5, 1, 1, 3, 1, 1, 3, 5, 1, 1, 3, 1];
    expect(serve(scheduler, want.length)).toEqual(want);
  });

  test('gives weights 256, 128, 32 and 1 exactly 25,600, 12,800, 3,200 and 100 of 41,700 turns', () => {
    const scheduler = new PriorityScheduler();
    for (const weight of [256, 128, 32, 1]) scheduler.add(weight, shared(weight));
    const turns = countTurns(serve(scheduler, 41_700));
    expect(turns).toEqual({ 256: 25_600, 128: 12_800, 32: 3200, 1: 100 });
  });

  test('shares bytes, not turns, when pieces differ in size', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, shared(100));
    scheduler.add(3, shared(100));
    const bytes = { 1: 0, 3: 0 };
    for (let turn = 0; turn < 10_000; turn++) {
      const id = scheduler.next() as 1 | 3;
      const size = id === 1 ? frame : 1000;
      scheduler.charge(id, size);
      bytes[id] += size;
    }
    expect(Math.abs(bytes[1] - bytes[3])).toBeLessThanOrEqual(2 * frame);
  });

  test('keeps any weights within one round of their exact share', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, (list) => {
        const scheduler = new PriorityScheduler();
        list.forEach((weight, id) => scheduler.add(id, shared(weight)));
        const total = 2000;
        const turns = countTurns(serve(scheduler, total));
        const sum = list.reduce((a, b) => a + b, 0);
        list.forEach((weight, id) => {
          const error = Math.abs((turns[id] ?? 0) - (total * weight) / sum);
          expect(error).toBeLessThanOrEqual(list.length);
        });
      }),
    );
  });

  test('lets a stream that was away catch up on nothing', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, shared());
    scheduler.add(3, shared());
    scheduler.pause(3);
    serve(scheduler, 100);
    scheduler.resume(3);
    expect(countTurns(serve(scheduler, 20))).toEqual({ 1: 10, 3: 10 });
  });

  test('alternates between a non-incremental stream and the incremental ones', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, sequential());
    for (const id of [3, 5]) scheduler.add(id, shared());
    expect(serve(scheduler, 8)).toEqual([1, 3, 1, 5, 1, 3, 1, 5]);
  });
});

describe('while running', () => {
  test('moves a stream to another urgency', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, sequential(3));
    scheduler.add(3, sequential(5));
    expect(serve(scheduler, 1)).toEqual([1]);
    scheduler.update(3, sequential(0));
    expect(serve(scheduler, 2)).toEqual([3, 3]);
  });

  test('gives a stream its new share', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, shared(10));
    scheduler.add(3, shared(10));
    serve(scheduler, 100);
    scheduler.update(3, shared(30));
    expect(countTurns(serve(scheduler, 400))).toEqual({ 1: 100, 3: 300 });
  });

  test('does not forgive what a stream overdrew when its weight changes', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, shared(1));
    scheduler.add(3, shared(1));
    scheduler.charge(1, 10 * frame);
    for (let weight = 2; weight < 12; weight++) scheduler.update(1, shared(weight % 2 ? 1 : 2));
    expect(serve(scheduler, 10)).toEqual(Array<number>(10).fill(3));
  });

  test('changes a paused stream without waking it', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, sequential());
    scheduler.pause(1);
    scheduler.update(1, shared());
    expect(scheduler.next()).toBeUndefined();
    scheduler.resume(1);
    expect(scheduler.next()).toBe(1);
  });

  test('answers the same until something is charged or changed', () => {
    const scheduler = new PriorityScheduler();
    for (const id of [1, 3]) scheduler.add(id, shared());
    expect([scheduler.next(), scheduler.next()]).toEqual([1, 1]);
  });

  test('ignores streams it does not know, and refuses one it has', () => {
    const scheduler = new PriorityScheduler();
    scheduler.remove(9);
    scheduler.update(9, sequential());
    scheduler.charge(9, 1);
    scheduler.add(9, sequential());
    expect(() => scheduler.add(9, sequential())).toThrow('scheduled already');
  });

  test('forgets removed streams', () => {
    const scheduler = new PriorityScheduler();
    scheduler.add(1, shared());
    scheduler.remove(1);
    expect(scheduler.size).toBe(0);
    expect(scheduler.next()).toBeUndefined();
  });
});
