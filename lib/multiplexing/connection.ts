import type { ServerHttp2Session } from 'node:http2';

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
}

export function connectionOf(session: ServerHttp2Session): Connection {
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
  };
}
