import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request as requestOverHttp1 } from 'node:http';
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { request as requestOverTls } from 'node:https';
import type { Duplex, Readable, Writable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';

/** What a test asks for. */
export interface Sent {
  /** @default 'GET', or 'POST' when there is a body */
  readonly method?: string;
  /** @default '/' */
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** `false`: no `content-length`; HTTP/1.1 then sends the body in chunks. @default true */
  readonly withLength?: boolean;
  /** The caller writes the body to `upload` and ends it. @default false */
  readonly isOpen?: boolean;
}

/** The body is missing when the server took the push back. */
export type Pushed = readonly [path: string, body: string | undefined];

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  /** Path and body of what the server pushed on this connection so far. */
  readonly pushed: readonly Pushed[];
  readonly bytes: Buffer;
  readonly body: string;
  /** The parsed body, where the content type says JSON. */
  readonly json: unknown;
}

export interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  readonly pushes: readonly Promise<Pushed>[];
  /** Complete when the body has ended. */
  trailers(): IncomingHttpHeaders;
}

/** A request under way. */
export interface Exchange {
  readonly upload: Writable;
  /** Headers of informational (1xx) responses so far. */
  readonly early: IncomingHttpHeaders[];
  /** Rejects when the connection or the stream breaks before the headers have come. */
  readonly head: Promise<Head>;
  /** Resets the stream; over HTTP/1.1 that means the connection. */
  abort(): void;
  /** Cuts the connection. */
  disconnect(): void;
}

export interface TestClient {
  /** Starts a request; reading the response is up to the caller. */
  open(sent: Sent): Exchange;
  /** Sends a request and reads the whole response. */
  request(sent?: Sent | string): Promise<Reply>;
  close(): void;
}

/** A client that speaks HTTP/2 on one connection; `https:` means TLS, `http:` prior knowledge. */
export function http2Client(origin: string, ca?: string): TestClient {
  let session: ClientHttp2Session | undefined;
  let connection: Duplex | undefined;
  const pushes: Promise<Pushed>[] = [];
  const open = (sent: Sent): Exchange => {
    if (session === undefined) {
      session = connect(origin, ca === undefined ? {} : { ca });
      session.on('error', () => {});
      session.on('stream', (promised, headers) => {
        const path = String(headers[':path']);
        const received = text(promised).catch(() => undefined);
        pushes.push(received.then((body) => [path, body]));
      });
      session.once('connect', (_session, socket) => (connection = socket));
    }
    const stream = session.request(
      { ...headersOf(sent), ':method': methodOf(sent), ':path': sent.path ?? '/' },
      { endStream: sent.body === undefined && sent.isOpen !== true },
    );
    const early: IncomingHttpHeaders[] = [];
    const trailers: IncomingHttpHeaders = {};
    stream.on('headers', (headers) => early.push(headers));
    stream.on('trailers', (headers) => Object.assign(trailers, headers));
    const head = new Promise<Head>((resolve, reject) => {
      stream.on('error', reject);
      stream.on('close', () => reject(new Error('closed before the headers came')));
      stream.on('response', (headers) => {
        const status = Number(headers[':status']);
        resolve({ status, headers, body: stream, pushes, trailers: () => trailers });
      });
    });
    head.catch(() => {});
    send(stream, sent);
    // `stream.close(code)` would end the body properly before it resets the stream.
    const abort = () => void stream.destroy(new Error('aborted by the test'));
    return { upload: stream, early, head, abort, disconnect: () => connection?.destroy() };
  };
  return { open, request: requestWith(open), close: () => session?.destroy() };
}

/** A client that speaks HTTP/1.1, each request on a connection of its own. */
export function http1Client(origin: string, ca?: string): TestClient {
  const start = origin.startsWith('https:') ? requestOverTls : requestOverHttp1;
  const open = (sent: Sent): Exchange => {
    const early: IncomingHttpHeaders[] = [];
    const req = start(new URL(sent.path ?? '/', origin), {
      method: methodOf(sent),
      headers: headersOf(sent),
      agent: false,
      ...(ca === undefined ? {} : { ca, servername: 'localhost' }),
    });
    req.on('information', ({ headers }) => early.push(headers));
    const head = new Promise<Head>((resolve, reject) => {
      req.on('error', reject);
      req.on('response', (res) => {
        const { statusCode: status = 0, headers } = res;
        resolve({ status, headers, body: res, pushes: [], trailers: () => res.trailers });
      });
    });
    head.catch(() => {});
    send(req, sent);
    const abort = () => void req.destroy();
    return { upload: req, early, head, abort, disconnect: abort };
  };
  return { open, request: requestWith(open), close: () => {} };
}

function requestWith(open: (sent: Sent) => Exchange) {
  return async (sent: Sent | string = {}): Promise<Reply> => {
    const asked = typeof sent === 'string' ? { path: sent } : sent;
    const { status, headers, body, pushes, trailers } = await open(asked).head;
    const bytes = await buffer(body);
    const pushed = await Promise.all(pushes);
    const content = bytes.toString();
    const isEncoded = headers['content-encoding'] !== undefined;
    const isJson = !isEncoded && /\bjson\b/.test(headers['content-type'] ?? '');
    const json: unknown = isJson && content !== '' ? JSON.parse(content) : undefined;
    return { status, headers, trailers: trailers(), pushed, bytes, body: content, json };
  };
}

function send(upload: Writable, { body, isOpen }: Sent): void {
  // A write of its own keeps Node's HTTP/1.1 client from adding the length.
  if (body !== undefined) upload.write(body);
  if (isOpen !== true) upload.end();
}

function methodOf({ method, body }: Sent): string {
  return method ?? (body === undefined ? 'GET' : 'POST');
}

function headersOf({ headers, body, withLength }: Sent): OutgoingHttpHeaders {
  if (body === undefined || withLength === false) return { ...headers };
  return { 'content-length': Buffer.byteLength(body), ...headers };
}
