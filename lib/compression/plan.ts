import type { Codec } from './codec';

/** What becomes of a body. */
export type Plan =
  | { readonly kind: 'identity' }
  /** The head says so; the body is still to come. A file may wait for more of it. */
  | { readonly kind: 'encode'; readonly codec: Codec; readonly isFile: boolean }
  /** The whole body, compressed. */
  | { readonly kind: 'encoded'; readonly bytes: Buffer };

/** What the stage of a body asks of whoever decides about the response. */
export interface Decision {
  /** There once the head has left. */
  readonly plan: Plan | undefined;

  /** Whether the response would be compressed, if its head left now. */
  wants(bytes?: number): boolean;

  /** Leaves the body alone, whatever becomes of the head. */
  leaveAlone(): void;

  /** The whole body; its head is about to leave. */
  takeWhole(body: Buffer): void;
}
