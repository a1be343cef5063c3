import { ContextMixer, type Lesson } from '../../lib/prediction/context-mixer';
import { beyondClass, logOddsOf, presentState } from '../../lib/prediction/count-state';

const uses = (count: number, total: number): [state: number, offset: number] => {
  const logOdds = logOddsOf(count, total);
  return [presentState(total, count, logOdds, 2), beyondClass(logOdds)];
};

/** One candidate of which two contexts speak. */
function lesson(one: [number, number], other: [number, number], aspect = 0): Lesson {
  return {
    size: 1,
    states: Uint16Array.of(one[0], other[0]),
    offsets: Float32Array.of(one[1], other[1]),
    situation: Uint8Array.of(0, aspect),
  };
}

const often = uses(9, 10);
const seldom = uses(1, 10);

function teach(mixer: ContextMixer, question: Lesson, happened: boolean): void {
  const scores = new Float64Array(1);
  mixer.mix(question, scores);
  mixer.learn(question, 0, scores[0] ?? 0, happened);
  mixer.endLesson(question.situation);
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
    for (let i = 0; i < 2000; i++) teach(mixer, lesson(often, [0, 0]), false);
    expect(scoreOf(mixer, lesson(often, [0, 0]))).toBeLessThan(-3);
    for (let i = 0; i < 1000; i++) teach(mixer, lesson(often, [0, 0]), true);
    expect(scoreOf(mixer, lesson(often, [0, 0]))).toBeGreaterThan(1);
  });

  it('says nothing of its own where no context speaks', () => {
    const mixer = new ContextMixer({ inputs: 2, aspects: [1, 2] });
    expect(scoreOf(mixer, lesson([0, 0], [0, 0]))).toBeCloseTo(0.3, 5);
  });
});
