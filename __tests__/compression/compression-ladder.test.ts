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
  /** The rungs seen when it is asked every 100 ms. */
  const watch = (load: LoadReading, samples: number): number[] => {
    world.load = load;
    return Array.from({ length: samples }, () => {
      world.ms += 100;
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
  ])('steps down under load told by its %s: after two samples, then with each', (_name, load) => {
    const { watch, ladder } = make();
    expect(watch(load, 6)).toEqual([0, 1, 2, 3, 3, 3]);
    expect(ladder.stepsDown).toBe(3);
  });

  it('steps down at once when a timer comes a fifth of a second late', () => {
    const { watch } = make();
    expect(watch({ ...idle, delayMs: 250 }, 1)).toEqual([1]);
  });

  it('forgives single busy samples', () => {
    const { watch } = make();
    for (let i = 0; i < 20; i++) expect([...watch(busy, 1), ...watch(medium, 1)]).toEqual([0, 0]);
  });

  it('reads the load ten times a second at most', () => {
    const { ladder, world } = make();
    for (let i = 0; i < 1000; i++) {
      world.ms++;
      void ladder.rung;
    }
    expect(world.readings).toBe(11);
  });

  it('climbs a rung for each second of calm', () => {
    const { watch } = make();
    watch(busy, 4);
    const rungs = watch(idle, 31);
    expect(
      rungs.map((rung, at) => [rung, at + 1]).filter(([rung], at) => rung !== rungs[at - 1]),
    ).toEqual([
      [3, 1],
      [2, 10],
      [1, 20],
      [0, 30],
    ]);
  });

  it('stays where it is between calm and load', () => {
    const { watch } = make();
    watch(busy, 3);
    expect(new Set(watch(medium, 200))).toEqual(new Set([2]));
  });

  it('counts a pause without requests as calm', () => {
    const { watch, world } = make();
    watch(busy, 4);
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
    watch(busy, 4);
    expect(calmSamples()).toBe(10);
    watch(busy, 2);
    expect(calmSamples()).toBe(20);
    watch(busy, 2);
    expect(calmSamples()).toBe(40);
    watch(medium, 110);
    watch(busy, 2);
    expect(calmSamples()).toBe(10);
  });

  it('does not oscillate when full compression is just too much', () => {
    const { world, ladder } = make();
    let changes = 0;
    let last = 0;
    for (let sample = 0; sample < 6000; sample++) {
      world.ms += 100;
      world.load = ladder.rung === 0 ? busy : idle;
      if (ladder.rung !== last) changes++;
      last = ladder.rung;
    }
    // Ten minutes: a try each minute, once it has been learned.
    expect(changes).toBeLessThan(50);
  });
});
