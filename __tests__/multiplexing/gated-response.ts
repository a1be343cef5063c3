import type { ServerResponse } from 'node:http';
import type { BodySink, Chunk, TappedResponse, WriteCallback } from '../../lib/response/body-stage';
import { ResponseGate } from '../../lib/multiplexing/response-gate';
import { SessionGate } from '../../lib/multiplexing/session-gate';
import type { StreamPriority } from '../../lib/multiplexing/stream-priority';
import { FakeLoop } from './fake-loop';

interface Written {
  readonly id: number;
  readonly text: string;
  readonly end: boolean;
}

/** A session whose socket takes bytes only when told to. */
export class FakeSession {
  readonly loop = new FakeLoop();
  readonly counters = { gatedBytes: 0, directBytes: 0, overtakes: 0, stalls: 0, nodeBytes: 0 };
  /** PINGs that wait for an ACK. */
  readonly pings: ((rttMs: number | undefined) => void)[] = [];
  readonly connection = {
    bytesWritten: 0,
    remoteWindowBytes: 65_535,
    ping: (acknowledged: (rttMs: number | undefined) => void) => this.pings.push(acknowledged) > 0,
    fillPackets: (isFilling: boolean) => {
      this.isFilling = isFilling;
    },
  };
  /** Whether the ends of writes may wait for more. */
  isFilling = false;
  readonly written: Written[] = [];
  readonly #pending: { id: number; callback: WriteCallback | undefined }[] = [];
  readonly #gate = new SessionGate(this.connection, this.loop, this.counters);
  /** When true, the socket takes everything in the turn in which it comes. */
  isFast = false;
  /** Streams whose bytes flow control keeps from the socket. */
  readonly blocked = new Set<number>();
  failing: Error | undefined;

  response(
    id: number,
    priority: Partial<StreamPriority> = {},
    contentBytes?: number,
  ): FakeResponse {
    const response = new FakeResponse(id, this.#gate, this.#sinkOf(id), contentBytes);
    this.#gate.enter(response.gate, { urgency: 3, incremental: false, weight: 16, ...priority });
    return response;
  }

  hold(response: FakeResponse, isHeld: boolean): void {
    this.#gate.hold(response.gate, isHeld);
  }

  update(response: FakeResponse, priority: StreamPriority): void {
    this.#gate.update(response.gate, priority);
  }

  /** Ids in the order in which their pieces were handed to Node. */
  get order(): number[] {
    return this.written.map((one) => one.id);
  }

  /** The same without repetitions: who took turns with whom, however small the pieces. */
  get turns(): number[] {
    return this.order.filter((id, index, all) => id !== all[index - 1]);
  }

  bytesOf(id: number): string {
    return this.written
      .filter((one) => one.id === id)
      .map((one) => one.text)
      .join('');
  }

  /** Node reports everything (of one stream) as written. */
  complete(id?: number, error?: Error): void {
    for (const one of this.#pending.splice(0)) {
      if (this.blocked.has(one.id) || (id !== undefined && one.id !== id)) this.#pending.push(one);
      else one.callback?.(error);
    }
  }

  /** The peer answers all PINGs. */
  acknowledge(rttMs = 50): void {
    for (const one of this.pings.splice(0)) one(rttMs);
  }

  /** Turns the loop, completes writes and answers PINGs until nothing happens any more. */
  settle(): void {
    for (let i = 0; i < 400; i++) {
      this.loop.turn();
      this.complete();
      this.loop.pass(1);
      this.acknowledge();
    }
  }

  #sinkOf(id: number): BodySink {
    const take = (end: boolean, chunk?: Chunk, callback?: WriteCallback) => {
      if (this.failing !== undefined) throw this.failing;
      const text = chunk === undefined ? '' : Buffer.from(chunk as Uint8Array).toString('latin1');
      this.written.push({ id, text, end });
      if (!this.blocked.has(id)) this.connection.bytesWritten += text.length + 9;
      if (this.isFast) callback?.();
      else this.#pending.push({ id, callback });
      return true;
    };
    return {
      write: (chunk, _encoding, callback) => take(false, chunk, callback),
      end: (chunk, _encoding, callback) => {
        take(true, chunk, callback);
      },
    };
  }
}

export class FakeResponse {
  readonly gate: ResponseGate;
  drains = 0;
  headersSent = false;

  constructor(id: number, session: SessionGate, sink: BodySink, contentBytes?: number) {
    const isSent = () => this.headersSent;
    const tapped: TappedResponse = {
      res: {
        writableHighWaterMark: 16_384,
        get headersSent() {
          return isSent();
        },
      } as ServerResponse,
      ended: false,
      commitHeaders: () => {
        this.headersSent = true;
      },
      holdHeaders: () => {
        this.headersSent = true;
      },
      isGone: false,
      drained: () => {
        this.drains += 1;
      },
    };
    this.gate = new ResponseGate(id, session, sink, tapped, contentBytes);
  }
}
