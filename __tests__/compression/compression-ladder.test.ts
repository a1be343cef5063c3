import { CompressionLadder } from '../../lib/compression/compression-ladder';
import type { LoadReading } from '../../lib/compression/load-meter';

const idle: LoadReading = { utilisation: 0.1, delayMs: 1, bytesInFlight: 0 };
const medium: LoadReading = { utilisation: 0.75, delayMs: 1, bytesInFlight: 0 };
const busy: LoadReading = { utilisation: 0.95, delayMs: 1, bytesInFlight: 0 };

/** A ladder of four rungs under a load that the test sets; it was asked once already. */
function make() {
  const world = { ms: 0, load: idle, readings: 0 };
  const ladder = new CompressionLadder(4, {
    nowMs: () => world.ms,
    readLoad: () => {
      world.readings++;
      return world.load;
    },
  });
  void ladder.rung;
  /** The rungs seen when it is asked every 50 ms. */
  const watch = (load: LoadReading, samples: number): number[] => {
    world.load = load;
    return Array.from({ length: samples }, () => {
      world.ms += 50;
      return ladder.rung;
    });
  };
  return { ladder, world, watch };
}

describe('CompressionLadder', () => {
  it('starts at the top and stays there while there is CPU to spare', () => {
    const { watch } = make();
    expect(watch(medium, 50).every((rung) => rung === 0)).toBe(true);
  });

  it('does not take what came before the first response for load', () => {
    const { ladder, world } = make();
    expect(world.readings).toBe(1);
    expect(ladder.rung).toBe(0);
  });

  it.each([
    ['utilisation', busy],
    ['delay', { ...idle, delayMs: 60 }],
    ['bytes in flight', { ...idle, bytesInFlight: 9 * 1024 * 1024 }],
  ])('steps down under load told by its %s: after three samples, then with each', (_name, load) => {
    const { watch, ladder } = make();
    expect(watch(load, 6)).toEqual([0, 0, 1, 2, 3, 3]);
    expect(ladder.stepsDown).toBe(3);
  });

  it('goes to the bottom at once when a timer comes a fifth of a second late', () => {
    const { watch, ladder } = make();
    expect(watch({ ...idle, delayMs: 250 }, 2)).toEqual([3, 3]);
    expect(ladder.stepsDown).toBe(3);
  });

  it('forgives busy samples that come alone or in pairs', () => {
    const { watch } = make();
    for (let i = 0; i < 20; i++)
      expect([...watch(busy, 2), ...watch(medium, 1)]).toEqual([0, 0, 0]);
  });

  it('reads the load twenty times a second at most', () => {
    const { ladder, world } = make();
    for (let i = 0; i < 1000; i++) {
      world.ms++;
      void ladder.rung;
    }
    expect(world.readings).toBe(21);
  });

  it('climbs a rung for each second of calm', () => {
    const { watch } = make();
    watch(busy, 5);
    const rungs = watch(idle, 61);
    expect(
      rungs.map((rung, at) => [rung, at + 1]).filter(([rung], at) => rung !== rungs[at - 1]),
    ).toEqual([
      [3, 1],
      [2, 20],
      [1, 40],
      [0, 60],
    ]);
  });

  it('stays where it is between calm and load', () => {
    const { watch } = make();
    watch(busy, 4);
    expect(new Set(watch(medium, 400))).toEqual(new Set([2]));
  });

  it('counts a pause without requests as calm', () => {
    const { watch, world } = make();
    watch(busy, 5);
    world.ms += 60_000;
    expect(watch(idle, 4)).toEqual([2, 1, 0, 0]);
  });

  it('waits twice as long after a climb that did not last, and as before after one that did', () => {
    const { watch } = make();
    const calmSamples = (): number => {
      let samples = 0;
      const [before] = watch(medium, 1);
      while (watch(idle, 1)[0] === before) samples++;
      return samples + 1;
    };
    watch(busy, 5);
    expect(calmSamples()).toBe(20);
    watch(busy, 3);
    expect(calmSamples()).toBe(40);
    watch(busy, 3);
    expect(calmSamples()).toBe(80);
    watch(medium, 220);
    watch(busy, 3);
    expect(calmSamples()).toBe(20);
  });

  it('does not oscillate when full compression is just too much', () => {
    const { world, ladder } = make();
    let changes = 0;
    let last = 0;
    for (let sample = 0; sample < 12_000; sample++) {
      world.ms += 50;
      world.load = ladder.rung === 0 ? busy : idle;
      if (ladder.rung !== last) changes++;
      last = ladder.rung;
    }
    // Ten minutes: a try each minute, once it has been learned.
    expect(changes).toBeLessThan(50);
  });
});
