/** Counters over all sessions. */
export interface GateCounters {
  /** Bytes that waited for their turn. */
  gatedBytes: number;
  /** Bytes that went straight through. */
  directBytes: number;
  /** Responses that began to leave while one that had waited longer still waited. */
  overtakes: number;
  /** Responses whose bytes the peer's window held back, so that others were let past. */
  stalls: number;
  /** Bytes that Node has and has not written. */
  nodeBytes: number;
}

export interface SessionStats {
  /** Responses that are open, by urgency; index 0 is urgency 0. */
  readonly openByUrgency: readonly number[];
  /** Bytes given to Node of which no PING has told that they arrived. */
  readonly inFlightBytes: number;
  /** What may be in flight; `Infinity` where nothing is limited. */
  readonly limitBytes: number;
  /** Round trip of the empty path, in milliseconds; `undefined` before the first ACK. */
  readonly rttMs: number | undefined;
  /** Rate of delivery; 0 while it is not known. */
  readonly bytesPerSecond: number;
  /** PINGs sent. */
  readonly pings: number;
  /** Responses that began to leave while one that had waited longer still waited. */
  readonly overtakes: number;
  /** Responses whose bytes the peer's window held back, so that others were let past. */
  readonly stalls: number;
}
