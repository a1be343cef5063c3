import { ContextMixer, type Lesson, unproven } from '../../lib/prediction/context-mixer';
import { evidenceOf } from '../../lib/prediction/count-state';
import { squash } from '../../lib/prediction/logistic';

const uses = (count: number, total: number): number => evidenceOf(total, count, 2);

const nothing = 0;

/** One candidate of which two contexts speak. */
function lesson(one: number, other: number, aspect = 0): Lesson {
  return {
    size: 1,
    capacity: 1,
    evidence: Int32Array.of(one, other),
    situation: Uint8Array.of(0, aspect),
  };
}

const often = uses(9, 10);
const seldom = uses(1, 10);

function teach(mixer: ContextMixer, question: Lesson, happened: boolean): void {
  const scores = new Float64Array(1);
  mixer.mix(question, scores);
  const outcome = happened ? 1 : 0;
  mixer.learn(question, Float64Array.of(outcome - squash(scores[0] ?? 0)), Uint8Array.of(outcome));
}

function scoreOf(mixer: ContextMixer, question: Lesson): number {
  const scores = new Float64Array(1);
  mixer.mix(question, scores);
  return scores[0] ?? 0;
}

describe('a mixer of contexts', () => {
  it('believes the context that proves right', () => {
    const mixer = new ContextMixer({ inputs: 2, aspects: [1, 2] });
    for (let i = 0; i < 300; i++) {
      teach(mixer, lesson(often, seldom), true);
      teach(mixer, lesson(seldom, often), false);
    }
    expect(scoreOf(mixer, lesson(often, seldom))).toBeGreaterThan(1);
    expect(scoreOf(mixer, lesson(seldom, often))).toBeLessThan(-1);
  });

  it('applies to every situation what all have in common', () => {
    const mixer = new ContextMixer({ inputs: 2, aspects: [1, 2] });
    const before = scoreOf(mixer, lesson(often, seldom, 1));
    for (let i = 0; i < 300; i++) teach(mixer, lesson(often, seldom, 0), true);
    expect(scoreOf(mixer, lesson(often, seldom, 1))).toBeGreaterThan(before);
  });

  it('believes a context again that was wrong for long', () => {
    const mixer = new ContextMixer({ inputs: 2, aspects: [1, 2] });
    for (let i = 0; i < 2000; i++) teach(mixer, lesson(often, nothing), false);
    expect(scoreOf(mixer, lesson(often, nothing))).toBeLessThan(-3);
    for (let i = 0; i < 1000; i++) teach(mixer, lesson(often, nothing), true);
    expect(scoreOf(mixer, lesson(often, nothing))).toBeGreaterThan(1);
  });

  it('learns nothing from what proves nothing', () => {
    const mixer = new ContextMixer({ inputs: 2, aspects: [1, 2] });
    const question = lesson(often, seldom);
    const before = scoreOf(mixer, question);
    for (let i = 0; i < 10; i++)
      mixer.learn(question, Float64Array.of(-1), Uint8Array.of(unproven));
    expect(scoreOf(mixer, question)).toBe(before);
  });

  it('says nothing of its own where no context speaks', () => {
    const mixer = new ContextMixer({ inputs: 2, aspects: [1, 2] });
    expect(scoreOf(mixer, lesson(nothing, nothing))).toBeCloseTo(0.3, 5);
  });

  it('weighs sorts of candidates apart, and keeps what they have in common', () => {
    const ofState = new Uint8Array(8);
    ofState[2] = 1;
    const mixer = new ContextMixer({
      inputs: 2,
      aspects: [1],
      sorts: { count: 2, input: 1, ofState },
    });
    const [fresh, seen] = [1, 2];
    for (let i = 0; i < 300; i++) {
      teach(mixer, lesson(often, fresh), true);
      teach(mixer, lesson(seldom, fresh), false);
      teach(mixer, lesson(often, seen), i % 2 === 0);
      teach(mixer, lesson(seldom, seen), i % 2 === 0);
    }
    const gain = (sort: number): number =>
      scoreOf(mixer, lesson(often, sort)) - scoreOf(mixer, lesson(seldom, sort));
    expect(gain(seen)).toBeLessThan(gain(fresh) / 2);
  });
});
