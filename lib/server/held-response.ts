import type { Http2ServerResponse } from 'node:http2';
import { kBodyHolder, kHead, kSendHead } from '../util/held-response';
import type { BodyHolder, HeldHead } from '../util/held-response';
import { mergeHeaders } from '../util/merge-headers';
import type { HeadersArgument } from '../util/merge-headers';

/** An HTTP/2 response with a head, or a part of its body, that has not been given to Node. */
interface HeldResponse extends Http2ServerResponse {
  [kBodyHolder]?: BodyHolder;
  [kHead]?: 'wanted' | HeldHead | undefined;
}

type Method = (this: HeldResponse, ...parts: unknown[]) => unknown;
type Getter = (this: HeldResponse) => unknown;

/** Methods that need a head which has left, be it to throw because of it. */
const headMethods = ['setHeader', 'appendHeader', 'removeHeader', 'flushHeaders'] as const;

/**
 * Teaches a prototype of HTTP/2 responses to answer for what is held back. Whoever asks finds the
 * response as it would be without holding: `headersSent`, `writableLength`, `drain`.
 *
 * A head that leaves together with `end()` saves the empty DATA frame for trailers that never come.
 */
export function installHolding(prototype: Http2ServerResponse): void {
  const { emit } = prototype as unknown as { emit: Method };
  const { writeHead } = prototype as unknown as { writeHead: Method };
  defineMethod(prototype, 'writeHead', function writeHeadOrHold(status, ...rest) {
    if (this[kHead] === undefined) return writeHead.call(this, status, ...rest);
    if (this[kHead] !== 'wanted' || this.stream.headersSent) {
      sendHead.call(this);
      return writeHead.call(this, status, ...rest);
    }
    const headers = typeof rest[0] === 'string' ? rest[1] : rest[0];
    if (headers !== undefined && headers !== null) mergeHeaders(this, headers as HeadersArgument);
    this.statusCode = status as number;
    this[kHead] = { statusCode: this.statusCode };
    return this;
  });
  defineMethod(prototype, kSendHead, sendHead);
  for (const name of headMethods) {
    const method = Reflect.get(prototype, name) as Method;
    defineMethod(prototype, name, function afterHead(...parts) {
      if (typeof this[kHead] === 'object') sendHead.call(this);
      return method.apply(this, parts);
    });
  }
  defineMethod(prototype, 'emit', function emitToHolder(event, ...parts) {
    const holder = this[kBodyHolder];
    if (holder !== undefined) {
      if (event === 'drain' && !holder.nodeDrained()) return false;
      if (event === 'close') holder.abandon();
    }
    return emit.call(this, event, ...parts);
  });
  installGetters(prototype);
}

function sendHead(this: HeldResponse): void {
  const head = this[kHead];
  if (typeof head !== 'object') return;
  this[kHead] = undefined;
  this.writeHead(head.statusCode);
}

function installGetters(prototype: Http2ServerResponse): void {
  overrideGetter(
    prototype,
    'headersSent',
    (node) =>
      function headersSent() {
        return typeof this[kHead] === 'object' || node.call(this);
      },
  );
  overrideGetter(
    prototype,
    'writableLength',
    (node) =>
      function writableLength() {
        return Number(node.call(this)) + (this[kBodyHolder]?.heldBytes ?? 0);
      },
  );
  overrideGetter(
    prototype,
    'writableNeedDrain',
    (node) =>
      function writableNeedDrain() {
        return this[kBodyHolder]?.mustDrain === true || node.call(this);
      },
  );
  for (const name of ['writableEnded', 'finished']) {
    overrideGetter(
      prototype,
      name,
      (node) =>
        function hasEnded() {
          return this[kBodyHolder]?.ended === true || node.call(this);
        },
    );
  }
}

function defineMethod(prototype: object, name: string | symbol, value: Method): void {
  Object.defineProperty(prototype, name, { configurable: true, writable: true, value });
}

function overrideGetter(prototype: object, name: string, make: (node: Getter) => Getter): void {
  let link: object | null = prototype;
  let node: PropertyDescriptor | undefined;
  while (link !== null && node === undefined) {
    node = Reflect.getOwnPropertyDescriptor(link, name);
    link = Object.getPrototypeOf(link);
  }
  if (node?.get === undefined) return;
  Object.defineProperty(prototype, name, {
    ...node,
    configurable: true,
    get: make(node.get as Getter),
  });
}
