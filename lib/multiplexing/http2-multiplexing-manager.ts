import type { ServerResponse } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { StageFactory } from '../response/body-stage';
import { reportFailure } from '../util/diagnostics';
import { isImminent } from '../util/imminent';
import { isSpeculative } from '../util/is-speculative';
import { AheadPause } from './ahead-pause';
import { type AheadResponse, AheadResponses } from './ahead-responses';
import { connectionOf } from './connection';
import { nodeEventLoop, type EventLoop } from './event-loop';
import { isDocument } from './priority-guess';
import { watchPriority } from './priority-override';
import { ResponseGate } from './response-gate';
import { cluesOf, responsePriority, type PriorityRequest } from './response-priority';
import type { GateCounters, SessionStats } from './gate-stats';
import { SessionGate } from './session-gate';
import { otherUrgency } from './speculative-urgency';
import type { StreamPriority } from './stream-priority';

export interface MultiplexingStats extends Readonly<GateCounters> {
  /** Sessions that are open and had a response. */
  readonly sessions: number;
  /** Responses that are open and have begun. */
  readonly openResponses: number;
  /** Responses so far, by urgency; index 0 is urgency 0. */
  readonly responsesByUrgency: readonly number[];
  /** Bytes given to Node of which no PING has told that they arrived. */
  readonly inFlightBytes: number;
  /** PINGs sent. */
  readonly pings: number;
}

/** The parts of an HTTP/2 response that `ServerResponse` does not know. */
interface Http2Exchange {
  readonly stream?: ServerHttp2Stream | undefined;
  readonly req?: (PriorityRequest & { readonly httpVersionMajor: number }) | undefined;
}

/** What is kept of one session. */
interface KnownSession {
  readonly gate: SessionGate;
  readonly ahead: AheadResponses;
  readonly pause: AheadPause;
}

interface AheadLoad {
  readonly load: AheadResponse | undefined;
  readonly priority: StreamPriority;
  /** Sets the priority anew. */
  readonly update: () => void;
}

/**
 * Decides, for every HTTP/2 session, which response sends its next bytes.
 *
 * Node hands everything it is given to the connection at once and, on Node 20 to 24, does not read
 * requests while that is being written; so bodies wait here and Node gets one frame at a time.
 * HTTP/1.1 responses and tunnels are left alone.
 *
 * @example
 * ResponseTap.of(res).use('gate', manager.gate);
 */
export class HTTP2MultiplexingManager {
  readonly #loop: EventLoop;
  readonly #sessions = new Map<ServerHttp2Session, KnownSession>();
  readonly #counters: GateCounters = {
    gatedBytes: 0,
    directBytes: 0,
    overtakes: 0,
    stalls: 0,
    nodeBytes: 0,
  };
  readonly #responsesByUrgency = Array.from({ length: 8 }, () => 0);
  #closedPings = 0;

  constructor(loop: EventLoop = nodeEventLoop) {
    this.#loop = loop;
  }

  /** Makes the `gate` stage of a response. */
  readonly gate: StageFactory = (next, tapped) => {
    try {
      const { res } = tapped;
      const { stream, req } = res as ServerResponse & Http2Exchange;
      if (stream === undefined || req === undefined || !isGated(stream, req)) return undefined;
      const { session, id } = stream;
      if (session === undefined || id === undefined) return undefined;
      const known = this.#sessionOf(session as ServerHttp2Session);
      const sessionGate = known.gate;
      const gate = new ResponseGate(id, sessionGate, next, tapped, contentLength(res));
      const load = known.ahead.enter(req.headers, isDocument(cluesOf(req, res)));
      const priority = responsePriority(req, res, load?.isAwaited);
      sessionGate.enter(gate, priority);
      const update = (): void =>
        sessionGate.update(gate, responsePriority(req, res, load?.isAwaited));
      watchPriority(res, update);
      if (isSpeculative(req.headers)) this.#follow(known, gate, res, { load, priority, update });
      const { urgency } = priority;
      this.#responsesByUrgency[urgency] = (this.#responsesByUrgency[urgency] ?? 0) + 1;
      return gate;
    } catch (error) {
      reportFailure('multiplexing', error);
      return undefined;
    }
  };

  /** A request came in. One for a page makes what is fetched ahead for later pages wait. */
  observe(req: PriorityRequest, res: ServerResponse): void {
    if (req.headers['sec-fetch-dest'] !== 'document') return;
    const { stream } = res as ServerResponse & Http2Exchange;
    const known = this.#sessions.get(stream?.session as ServerHttp2Session);
    if (known === undefined) return;
    known.pause.begin();
    res.once('close', () => {
      known.pause.end(isImminent(res) || !isSpeculative(req.headers));
    });
  }

  stats(): MultiplexingStats {
    const open = [...this.#sessions.values()].map(({ gate }) => gate.stats());
    return {
      ...this.#counters,
      sessions: open.length,
      inFlightBytes: open.reduce((sum, one) => sum + one.inFlightBytes, 0),
      pings: open.reduce((sum, one) => sum + one.pings, this.#closedPings),
      openResponses: open.reduce((sum, one) => sum + total(one.openByUrgency), 0),
      responsesByUrgency: [...this.#responsesByUrgency],
    };
  }

  /** What is known of one session; `undefined` before its first response and after its end. */
  sessionStats(session: ServerHttp2Session): SessionStats | undefined {
    return this.#sessions.get(session)?.gate.stats();
  }

  /** A response that is fetched ahead: waits for pages, until somebody waits for it. */
  #follow(
    { ahead, pause }: KnownSession,
    gate: ResponseGate,
    res: ServerResponse,
    { load, priority, update }: AheadLoad,
  ): void {
    if (priority.urgency === otherUrgency && load?.isAwaited !== true) pause.add(gate);
    if (load !== undefined) {
      load.changed = () => {
        pause.delete(gate);
        update();
      };
    }
    res.once('close', () => {
      pause.delete(gate);
      if (load !== undefined) ahead.leave(load);
    });
  }

  #sessionOf(session: ServerHttp2Session): KnownSession {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const gate = new SessionGate(connectionOf(session), this.#loop, this.#counters);
    const pause = new AheadPause(gate, this.#loop);
    const made = { gate, ahead: new AheadResponses(), pause };
    this.#sessions.set(session, made);
    session.once('close', () => {
      this.#closedPings += gate.stats().pings;
      this.#sessions.delete(session);
      gate.close();
      pause.close();
    });
    return made;
  }
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A response that tells its length ends with its last byte, unless it tells of trailers. */
function contentLength(res: ServerResponse): number | undefined {
  const length = res.getHeader('content-length');
  return length === undefined || res.hasHeader('trailer') ? undefined : Number(length);
}

/** The tap leaves out responses without a body; a tunnel (RFC 8441) is none of our business either. */
function isGated(stream: ServerHttp2Stream, req: NonNullable<Http2Exchange['req']>): boolean {
  return req.httpVersionMajor === 2 && !stream.destroyed && req.headers[':method'] !== 'CONNECT';
}
