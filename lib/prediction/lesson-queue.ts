import type { CandidateSet } from './candidate-set';
import type { Lesson } from './context-mixer';

/** A question whose outcome is awaited. */
export interface OpenLesson extends Lesson {
  readonly ids: Int32Array;
  /** 1 for what happened, 2 for what proves nothing. */
  readonly outcomes: Uint8Array;
  /** What the asker noted. */
  readonly note: number;
  /** Whether it was {@link LessonQueue.flag flagged}. */
  readonly isFlagged: boolean;
}

/**
 * Candidates of questions whose outcome is not known yet, in the order asked, with all that is
 * needed to learn from the outcome. Answered or not, each is closed when it is due: to close those
 * answered first would teach that all are answered. When full, new questions go unasked.
 */
export class LessonQueue {
  readonly #capacity: number;
  readonly #candidates: number;
  readonly #inputs: number;
  readonly #ids: Int32Array;
  readonly #evidence: Int32Array;
  readonly #outcomes: Uint8Array;
  readonly #sizes: Uint8Array;
  readonly #aspects: number;
  readonly #situations: Uint8Array;
  readonly #notes: Float32Array;
  readonly #flags: Uint8Array;
  readonly #dueMs: Float64Array;
  /** Numbers of the oldest lesson and of the next, from 1. */
  #oldest = 1;
  #next = 1;

  constructor(capacity: number, like: CandidateSet) {
    const { capacity: candidates, inputs, situation } = like;
    this.#capacity = capacity;
    this.#candidates = candidates;
    this.#inputs = inputs;
    this.#aspects = situation.length;
    this.#ids = new Int32Array(capacity * candidates);
    this.#evidence = new Int32Array(capacity * candidates * inputs);
    this.#outcomes = new Uint8Array(capacity * candidates);
    this.#sizes = new Uint8Array(capacity);
    this.#situations = new Uint8Array(capacity * situation.length);
    this.#notes = new Float32Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#dueMs = new Float64Array(capacity);
  }

  /** Bytes of one lesson with so many candidates and inputs. */
  static bytesPerLesson({ capacity, inputs, situation }: CandidateSet): number {
    return capacity * (5 + 4 * inputs) + situation.length + 14;
  }

  get bytes(): number {
    return this.#capacity * (this.#candidates * (5 + 4 * this.#inputs) + this.#aspects + 14);
  }

  /** @returns The number of the lesson, or 0 when there is no room. */
  ask(candidates: CandidateSet, dueMs: number, note = 0): number {
    if (this.#next - this.#oldest >= this.#capacity) return 0;
    const at = this.#next % this.#capacity;
    const { size } = candidates;
    const width = this.#candidates * this.#inputs;
    this.#ids.set(candidates.ids, at * this.#candidates);
    this.#evidence.set(candidates.evidence, at * width);
    this.#outcomes.fill(0, at * this.#candidates, (at + 1) * this.#candidates);
    this.#sizes[at] = size;
    this.#situations.set(candidates.situation, at * this.#aspects);
    this.#notes[at] = note;
    this.#flags[at] = 0;
    this.#dueMs[at] = dueMs;
    return this.#next++;
  }

  /** Notes what happened to a candidate. */
  mark(lesson: number, id: number, outcome: 1 | 2): void {
    const at = this.#find(lesson);
    if (at === -1) return;
    const first = at * this.#candidates;
    const end = first + (this.#sizes[at] ?? 0);
    for (let i = first; i < end; i++) if (this.#ids[i] === id) this.#outcomes[i] = outcome;
  }

  /** Notes that something came of a lesson, though not which candidate. */
  flag(lesson: number): void {
    const at = this.#find(lesson);
    if (at !== -1) this.#flags[at] = 1;
  }

  /** A lesson that is not closed yet. */
  peek(lesson: number): OpenLesson | undefined {
    const at = this.#find(lesson);
    return at === -1 ? undefined : this.#read(at);
  }

  /** Closes the oldest lesson if it is due. */
  takeDue(nowMs: number): OpenLesson | undefined {
    if (this.#oldest === this.#next) return undefined;
    const at = this.#oldest % this.#capacity;
    if ((this.#dueMs[at] ?? 0) > nowMs) return undefined;
    this.#oldest++;
    return this.#read(at);
  }

  #find(lesson: number): number {
    return lesson < this.#oldest || lesson >= this.#next ? -1 : lesson % this.#capacity;
  }

  #read(at: number): OpenLesson {
    const first = at * this.#candidates;
    const size = this.#sizes[at] ?? 0;
    const from = first * this.#inputs;
    return {
      size,
      ids: this.#ids.subarray(first, first + size),
      outcomes: this.#outcomes.subarray(first, first + size),
      capacity: this.#candidates,
      evidence: this.#evidence.subarray(from, from + this.#candidates * this.#inputs),
      situation: this.#situations.subarray(at * this.#aspects, (at + 1) * this.#aspects),
      note: this.#notes[at] ?? 0,
      isFlagged: this.#flags[at] === 1,
    };
  }
}
