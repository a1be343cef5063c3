import { Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import { kHead, kTap } from '../util/tapping';
import type { HeldHead, Tapping } from '../util/tapping';
import { headSocket, isHead } from './head-socket';

/** An HTTP/2 response of which a part may be held back. */
interface HeldResponse extends Http2ServerResponse {
  [kTap]: Tapping | undefined;
  [kHead]: 'wanted' | HeldHead | undefined;
}

type Getter = (this: Http2ServerResponse) => unknown;

/** Node's own: a response whose bytes are held has ended before. */
export const hasNodeEnded = nodeGetter('writableEnded') as (this: Http2ServerResponse) => boolean;

/**
 * What a prototype of HTTP/2 responses tells of itself. While parts of a response are held back it
 * reads as if they were not: `headersSent`, `writableLength`, `writableEnded`.
 */
export function installViews(prototype: Http2ServerResponse): void {
  const socket = nodeGetter('socket') as (this: Http2ServerResponse) => Socket | undefined;
  const headersSent = nodeGetter('headersSent');
  const writableLength = nodeGetter('writableLength');
  const finished = nodeGetter('finished');
  const views: Record<string, (this: HeldResponse) => unknown> = {
    /** Stays while the response has not ended, as over HTTP/1.1: `on-finished` asks it then. */
    socket() {
      const own = socket.call(this);
      if (this.writableEnded) return own;
      if (own === undefined) return this.req.socket;
      return isHead(this.stream) ? headSocket(this, own) : own;
    },
    destroyed() {
      return this.stream.destroyed;
    },
    headersSent() {
      return typeof this[kHead] === 'object' || headersSent.call(this);
    },
    writableLength() {
      return Number(writableLength.call(this)) + (this[kTap]?.heldBytes ?? 0);
    },
    writableNeedDrain() {
      return this[kTap]?.mustDrain === true || this.stream.writableNeedDrain;
    },
    writableEnded() {
      return this[kTap]?.ended === true || hasNodeEnded.call(this);
    },
    finished() {
      return this[kTap]?.ended === true || finished.call(this);
    },
  };
  for (const [name, get] of Object.entries(views)) {
    Object.defineProperty(prototype, name, { configurable: true, get });
  }
}

function nodeGetter(name: string): Getter {
  const { get } = Reflect.getOwnPropertyDescriptor(Http2ServerResponse.prototype, name) ?? {};
  if (get === undefined) throw new TypeError(`This Node's HTTP/2 responses have no ${name}`);
  return get as Getter;
}
