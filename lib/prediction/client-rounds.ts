import { shareClients, type SuccessorRows, waitingByte } from './successor-rows';

/**
 * Whether a visit of a client counts in a context, so that no client teaches more than its share. Visits
 * count in rounds, each client once a round; a round is over when `minClients` of its clients have come
 * again, or with the ninth.
 */
export function admitsClient(
  rows: SuccessorRows,
  row: number,
  client: number,
  minClients: number,
): boolean {
  if (minClients === 1) return true;
  const { halves, bytes, words, clients } = rows;
  const hash = (client ^ (client >>> 16)) & 0xffff || 1;
  const first = 2 * (row * words + clients);
  for (let i = 0; i < shareClients; i++) {
    const other = halves[first + i] ?? 0;
    if (other === 0) {
      halves[first + i] = hash;
      return true;
    }
    if (other !== hash) continue;
    const at = 4 * row * words + waitingByte;
    const waiting = (bytes[at] ?? 0) | (1 << i);
    bytes[at] = waiting;
    return bitsIn(waiting) >= Math.min(minClients, shareClients) && startRound(rows, row, hash);
  }
  return startRound(rows, row, hash);
}

function startRound(
  { halves, bytes, words, clients }: SuccessorRows,
  row: number,
  hash: number,
): true {
  const first = 2 * (row * words + clients);
  halves.fill(0, first, first + shareClients);
  halves[first] = hash;
  bytes[4 * row * words + waitingByte] = 0;
  return true;
}

function bitsIn(byte: number): number {
  let count = 0;
  for (let bits = byte; bits !== 0; bits &= bits - 1) count++;
  return count;
}
