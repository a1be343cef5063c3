import { CandidateSet } from '../../lib/prediction/candidate-set';
import { LessonQueue } from '../../lib/prediction/lesson-queue';

function queue(capacity: number) {
  const candidates = new CandidateSet(4, 2, 1);
  const lessons = new LessonQueue(capacity, candidates);
  const ask = (ids: readonly number[], dueMs: number): number => {
    candidates.clear();
    for (const id of ids) candidates.add(id);
    return lessons.ask(candidates, dueMs);
  };
  return { candidates, lessons, ask };
}

describe('a queue of lessons', () => {
  it('gives back a question as it was asked, with what was marked', () => {
    const { candidates, lessons, ask } = queue(4);
    candidates.situation[0] = 3;
    const lesson = ask([7, 8, 9], 100);
    ask([1], 100);
    lessons.mark(lesson, 8, 1);
    lessons.mark(lesson, 5, 1);
    const taken = lessons.takeDue(100);
    expect([...(taken?.ids ?? [])]).toEqual([7, 8, 9]);
    expect([...(taken?.outcomes ?? [])]).toEqual([0, 1, 0]);
    expect([...(taken?.situation ?? [])]).toEqual([3]);
    lessons.mark(lesson, 9, 1);
    expect([...(lessons.takeDue(100)?.outcomes ?? [])]).toEqual([0]);
    expect(lessons.takeDue(100)).toBeUndefined();
  });

  it('closes lessons in order once they are due, answered or not', () => {
    const { lessons, ask } = queue(4);
    ask([1], 100);
    const second = ask([2], 200);
    ask([3], 300);
    lessons.mark(second, 2, 1);
    expect(lessons.takeDue(99)).toBeUndefined();
    expect([...(lessons.takeDue(250)?.ids ?? [])]).toEqual([1]);
    expect([...(lessons.takeDue(250)?.outcomes ?? [])]).toEqual([1]);
    expect(lessons.takeDue(250)).toBeUndefined();
    expect([...(lessons.takeDue(300)?.ids ?? [])]).toEqual([3]);
  });

  it('leaves new questions unasked when it is full', () => {
    const { lessons, ask } = queue(2);
    ask([1], 100);
    ask([2], 100);
    expect(ask([3], 100)).toBe(0);
    lessons.mark(0, 3, 1);
    expect([...(lessons.takeDue(100)?.outcomes ?? [])]).toEqual([0]);
    expect(ask([4], 100)).toBeGreaterThan(0);
  });

  it('tells what was noted with a question, and whether it was flagged', () => {
    const { candidates, lessons } = queue(2);
    const flagged = lessons.ask(candidates, 100, 0.5);
    lessons.flag(flagged);
    expect(lessons.peek(flagged)).toMatchObject({ note: 0.5, isFlagged: true });
    lessons.takeDue(100);
    lessons.ask(candidates, 100);
    expect(lessons.ask(candidates, 100)).toBeGreaterThan(0);
    lessons.takeDue(100);
    expect(lessons.takeDue(100)).toMatchObject({ note: 0, isFlagged: false });
  });

  it('says how many bytes it takes', () => {
    const { candidates, lessons } = queue(10);
    expect(lessons.bytes).toBe(10 * LessonQueue.bytesPerLesson(candidates));
  });
});
