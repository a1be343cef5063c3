import { connect, constants } from 'node:http2';
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
} from 'node:http2';
import { request as http1Request } from 'node:http';

export interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What arrived before the final headers. */
  readonly early: readonly IncomingHttpHeaders[];
}

export interface Pushed {
  readonly path: string;
  readonly promise: IncomingHttpHeaders;
  readonly status: number | undefined;
  readonly link: string | undefined;
  readonly body: string;
  readonly rstCode: number | undefined;
}

export const navigation: OutgoingHttpHeaders = {
  accept: 'text/html',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

const modes: Readonly<Record<string, string>> = { font: 'cors', empty: 'cors' };

/** A browser with one HTTP/2 connection, known by its user agent. */
export class Visitor {
  readonly pushes: Promise<Pushed>[] = [];
  refusesPushes = false;
  readonly #session: ClientHttp2Session;
  readonly #agent: string;

  constructor(origin: string, agent = 'Ann', takesPush = false) {
    this.#agent = agent;
    this.#session = connect(origin, {
      settings: { enablePush: takesPush },
      rejectUnauthorized: false,
    });
    this.#session.on('stream', (stream, promise) => {
      this.pushes.push(pushedReply(stream, promise));
      if (this.refusesPushes) stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
  }

  /** Sees the page as a browser does. */
  navigate(path: string, headers: OutgoingHttpHeaders = {}): Promise<Reply> {
    return this.get(path, { ...navigation, ...headers });
  }

  /** Asks for a subresource of `page`, or of a stylesheet. */
  load(
    path: string,
    destination: string,
    page: string,
    headers: OutgoingHttpHeaders = {},
  ): Promise<Reply> {
    return this.get(path, {
      'sec-fetch-mode': modes[destination] ?? 'no-cors',
      'sec-fetch-dest': destination,
      'sec-fetch-site': 'same-origin',
      referer: `http://shop.test${page}`,
      ':authority': 'shop.test',
      ...headers,
    });
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<Reply> {
    const all = { ':path': path, 'user-agent': this.#agent, ...headers };
    return finalReply(this.#session.request(all));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#session.close(resolve);
    });
  }
}

async function finalReply(stream: ClientHttp2Stream): Promise<Reply> {
  const early: IncomingHttpHeaders[] = [];
  stream.on('headers', (informational) => early.push(informational));
  let headers: IncomingHttpHeaders = {};
  stream.on('response', (final) => {
    headers = final;
  });
  const body = await textOf(stream);
  return { status: Number(headers[':status']), headers, body, early };
}

function pushedReply(stream: ClientHttp2Stream, promise: IncomingHttpHeaders): Promise<Pushed> {
  return new Promise((resolve) => {
    let status: number | undefined;
    let link: string | undefined;
    let body = '';
    stream.on('push', (headers) => {
      status = Number(headers[':status']);
      link = headers.link?.toString();
    });
    stream.on('error', () => undefined);
    stream.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    stream.on('close', () =>
      resolve({
        path: String(promise[':path']),
        promise,
        status,
        link,
        body,
        rstCode: stream.rstCode,
      }),
    );
  });
}

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let body = '';
  for await (const part of stream) body += String(part);
  return body;
}

/** One request over HTTP/1.1; `early` are the 103s. */
export function getOverHttp1(url: string, headers: OutgoingHttpHeaders = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const early: IncomingHttpHeaders[] = [];
    const request = http1Request(url, { headers, agent: false }, (res) => {
      textOf(res).then(
        (body) => resolve({ status: res.statusCode, headers: res.headers, body, early }),
        reject,
      );
    });
    request.on('information', ({ headers: informational }) => early.push(informational));
    request.on('error', reject).end();
  });
}

/** Targets of the preload links in a `link` header. */
export function linkTargets(headers: IncomingHttpHeaders | undefined): string[] {
  const link = [headers?.link ?? []].flat().join(', ');
  return [...link.matchAll(/<([^>]*)>; rel=preload/g)].map(([, target]) => target ?? '');
}
