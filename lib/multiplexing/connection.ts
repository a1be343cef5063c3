import type { ServerHttp2Session } from 'node:http2';
import { Socket } from 'node:net';

/** What the gate can see and do of the connection below. */
export interface Connection {
  /** Bytes handed to the socket so far. */
  readonly bytesWritten: number;
  /** What the peer's connection window still admits. */
  readonly remoteWindowBytes: number;

  /**
   * Sends a PING. `acknowledged` gets the round trip in milliseconds, `undefined` when there was none.
   *
   * @returns False when no PING could be sent.
   */
  ping(acknowledged: (rttMs: number | undefined) => void): boolean;

  /** Whether the end of a write may wait for the next one, to leave in a full packet with it. */
  fillPackets(isFilling: boolean): void;
}

export function connectionOf(session: ServerHttp2Session): Connection {
  let isFilled = false;
  return {
    // The socket's proxy throws once the session has let go of it.
    get bytesWritten() {
      return session.destroyed ? 0 : session.socket.bytesWritten;
    },
    get remoteWindowBytes() {
      return session.destroyed ? 0 : (session.state.remoteWindowSize ?? 0);
    },
    ping(acknowledged) {
      // A session that was closed still finishes its streams; a destroyed one throws.
      if (session.destroyed) return false;
      return session.ping((error, rttMs) => acknowledged(error === null ? rttMs : undefined));
    },
    fillPackets(isFilling) {
      if (isFilling === isFilled || session.destroyed) return;
      isFilled = isFilling;
      // The session's view of the socket refuses this method, lest HTTP/2 frames be cut.
      Socket.prototype.setNoDelay.call(session.socket, !isFilling);
    },
  };
}
