/**
 * How parts hold back a response without anybody noticing. An HTTP/2 response of ours answers for
 * what is held; on others, properties of the single response have to.
 */

/** Where a response keeps the {@link BodyHolder} that holds a part of its body. */
export const kBodyHolder = Symbol('headstart.bodyHolder');

/** Set to `'wanted'`, the next `writeHead` only notes the head: it leaves with the first bytes. */
export const kHead = Symbol('headstart.head');

/** A method of responses that can hold their head: sends it, if it is held. */
export const kSendHead = Symbol('headstart.sendHead');

/** A head that was committed and has not left: its status. */
export interface HeldHead {
  readonly statusCode: number;
}

/** Who holds bytes of a body that the app has written. */
export interface BodyHolder {
  readonly heldBytes: number;
  /** True once the app has called `res.end()`. */
  readonly ended: boolean;
  /** True after a `write` answered `false`, until `drain`. */
  readonly mustDrain: boolean;
  /** Node has room again. @returns Whether the app may be told. */
  nodeDrained(): boolean;
  /** The response closed. */
  abandon(): void;
}
