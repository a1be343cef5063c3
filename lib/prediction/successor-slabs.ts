/** Clients that can be told apart in one round of a context's share. */
export const shareClients = 8;

/** Typed arrays of one table of successors; row `r` owns the entries from `r * width`. */
export interface SuccessorSlabs {
  readonly keys: Int32Array;
  readonly totals: Float32Array;
  readonly clocks: Uint8Array;
  readonly clients: Uint16Array;
  readonly shares: Uint16Array;
  readonly ids: Int32Array;
  readonly counts: Float32Array;
  readonly seen: Uint8Array;
  /** Visits that prove nothing of a target; empty if the table is never told of any. */
  readonly held: Float32Array;
  /** When in a visit a target is used, in quarters of a place; likewise. */
  readonly orders: Uint8Array;
}

/** Bytes of one row. */
export function bytesPerSuccessorRow(width: number, holds: boolean): number {
  return 11 + 2 * shareClients + (holds ? 14 : 9) * width;
}

export function allocateSlabs(rows: number, width: number, holds: boolean): SuccessorSlabs {
  return {
    keys: new Int32Array(rows),
    totals: new Float32Array(rows),
    clocks: new Uint8Array(rows),
    clients: new Uint16Array(rows * shareClients),
    shares: new Uint16Array(rows),
    ids: new Int32Array(rows * width),
    counts: new Float32Array(rows * width),
    seen: new Uint8Array(rows * width),
    held: new Float32Array(holds ? rows * width : 0),
    orders: new Uint8Array(holds ? rows * width : 0),
  };
}

/** Copies a row of `width` targets from one set of slabs to another. */
export function copyRow(
  from: SuccessorSlabs,
  source: number,
  to: SuccessorSlabs,
  target: number,
  width: number,
): void {
  for (const part of ['keys', 'totals', 'clocks', 'shares'] as const) {
    to[part][target] = from[part][source] ?? 0;
  }
  const copy = (
    part: 'clients' | 'ids' | 'counts' | 'seen' | 'held' | 'orders',
    each: number,
  ): void => {
    to[part].set(from[part].subarray(source * each, (source + 1) * each), target * each);
  };
  copy('clients', shareClients);
  for (const part of ['ids', 'counts', 'seen'] as const) copy(part, width);
  if (to.held.length === 0) return;
  copy('held', width);
  copy('orders', width);
}

/** Empties a row but for its key. */
export function clearRow(slabs: SuccessorSlabs, row: number, width: number): void {
  for (const part of ['totals', 'clocks', 'shares'] as const) slabs[part][row] = 0;
  slabs.clients.fill(0, row * shareClients, (row + 1) * shareClients);
  for (const part of ['ids', 'counts', 'seen', 'held', 'orders'] as const) {
    slabs[part].fill(0, row * width, (row + 1) * width);
  }
}
