import type { ServerResponse } from 'node:http';

export type Chunk = string | Uint8Array;

/** Called once, when Node has written the bytes or failed to. */
export type WriteCallback = (error?: Error | null) => void;

/** Where bytes of a response body go: the next stage, or Node. */
export interface BodySink {
  /**
   * Passes one chunk on.
   *
   * @returns `false` when the writer should wait for `drain`.
   */
  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean;

  /** Passes the last chunk, if there is one, and ends the body. */
  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void;
}

/** One step a response body passes on its way to Node. */
export interface BodyStage extends BodySink {
  /** Bytes taken and not yet passed on; counts towards the response's `writableLength`. */
  readonly heldBytes: number;

  /** Passes on whatever is held now. Called for `res.flush()` and before trailers. */
  flush(): void;

  /** The response closed. Lets go of everything; nothing may be passed on afterwards. */
  abandon(): void;
}

/** What a stage may ask of the response it serves. */
export interface TappedResponse {
  readonly res: ServerResponse;

  /** True once the app has called `res.end()`, even while stages still hold bytes. */
  readonly ended: boolean;

  /**
   * Sends the headers if they have not left. A stage that takes bytes without passing them on
   * calls this first, so that `res.headersSent` reads as on plain Express.
   */
  commitHeaders(): void;

  /**
   * Makes the response look as after {@link commitHeaders}, while the headers may leave later: with
   * the first bytes that are passed on, or with the end.
   */
  holdHeaders(): void;

  /** True once the response was torn down: after that, Node's callbacks do not mean "written". */
  readonly isGone: boolean;

  /** A stage has room again: emits `drain` if the app was told to wait and nothing else is full. */
  drained(): void;
}

/**
 * Makes the stage of one response, just before its first byte passes; headers can still be read.
 * `undefined`: this response does without.
 */
export type StageFactory = (next: BodySink, tapped: TappedResponse) => BodyStage | undefined;

/** Stages in the order in which bytes pass them. */
export const stageOrder = ['scan', 'observe', 'transform', 'store', 'coalesce', 'gate'] as const;

export type StagePlace = (typeof stageOrder)[number];
