import type { GatedResponse } from './gated-response';

/** What Node was given at a time, and has not reported as written yet. */
export class Batch {
  /** What the socket had got before. */
  readonly socketBytesBefore: number;
  /** Bytes that Node has not reported, by response. */
  readonly #pending = new Map<GatedResponse, number>();
  #pendingBytes = 0;
  #otherBytes = 0;
  #bytes = 0;
  #pieces = 0;
  waitedMs = 0;
  /** Turns have passed, and Node still works on it. */
  isLate = false;

  constructor(socketBytesBefore: number) {
    this.socketBytesBefore = socketBytesBefore;
  }

  /** All bytes that were given. */
  get bytes(): number {
    return this.#bytes;
  }

  get pieces(): number {
    return this.#pieces;
  }

  /** Bytes that Node has not reported. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** What the socket got since then that was not of this batch. */
  get otherBytes(): number {
    return this.#otherBytes;
  }

  passedBy(bytes: number): void {
    this.#otherBytes += bytes;
  }

  get isDone(): boolean {
    return this.#pending.size === 0;
  }

  /** Responses with bytes that Node has not reported. */
  get pending(): Iterable<[response: GatedResponse, bytes: number]> {
    return this.#pending;
  }

  has(gate: GatedResponse): boolean {
    return this.#pending.has(gate);
  }

  add(gate: GatedResponse, bytes: number): void {
    this.#pending.set(gate, (this.#pending.get(gate) ?? 0) + bytes);
    this.#bytes += bytes;
    this.#pendingBytes += bytes;
    this.#pieces += 1;
  }

  /**
   * A piece was written, or failed.
   *
   * @returns False when the response has left, and took its bytes with it.
   */
  settle(gate: GatedResponse, bytes: number): boolean {
    const pendingBytes = this.#pending.get(gate);
    if (pendingBytes === undefined) return false;
    this.#pendingBytes -= bytes;
    if (pendingBytes > bytes) this.#pending.set(gate, pendingBytes - bytes);
    else this.#pending.delete(gate);
    return true;
  }

  /** A response left. Returns the bytes of it that were pending. */
  drop(gate: GatedResponse): number {
    const bytes = this.#pending.get(gate) ?? 0;
    this.#pendingBytes -= bytes;
    this.#pending.delete(gate);
    return bytes;
  }
}
