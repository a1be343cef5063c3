import { clockByte, headOf, quarters, type SuccessorRows } from './successor-rows';
import type { SuccessorTable } from './successor-table';

/** What another table counted of a target: its id, its uses, how many others came before it. */
export type SuccessorUse = readonly [id: number, count: number, order: number];

/** Place in a visit beyond all that are kept. */
const lastPlace = 31;

/**
 * Adds what another table of the same width counted in a context.
 *
 * @param hashOf Orders targets of equal counts the same way in every process.
 */
export function addCounted(
  table: SuccessorTable,
  key: number,
  total: number,
  uses: readonly SuccessorUse[],
  hashOf: (id: number) => number,
): void {
  const row = table.insert(key);
  const { rows } = table;
  const { ints, floats, totals, bytes, words, width, seen, pairs, held, orders } = rows;
  const first = row * words;
  const before = totals[headOf(row)] ?? 0;
  totals[headOf(row)] = before + total;
  const used = uses.reduce((sum, [, count]) => sum + count, floats[first] ?? 0);
  floats[first] = Math.min(used, before + total);
  const best = before === 0 ? [...uses] : withUses(rows, row, uses);
  best.sort((a, b) => b[1] - a[1] || hashOf(a[0]) - hashOf(b[0]));
  const end = Math.min(width, best.length);
  for (let i = 0; i < end; i++) {
    const [id, count, order] = best[i] ?? [0, 0, 0];
    ints[first + pairs + 2 * i] = id;
    floats[first + pairs + 2 * i + 1] = count;
    if (rows.holds) bytes[4 * (first + orders) + i] = quarters * order;
  }
  if (rows.holds) floats.fill(0, first + held, first + held + end);
  // Nobody knows when the other's targets were last used: neither lately nor long ago.
  const longAgo = (bytes[4 * first + clockByte] ?? 0) - 3;
  bytes.fill(longAgo, 4 * (first + seen), 4 * (first + seen) + end);
}

/** What a row counted and what is added, by target. */
function withUses(rows: SuccessorRows, row: number, uses: readonly SuccessorUse[]): SuccessorUse[] {
  const sums = new Map(uses.map((use) => [use[0], use]));
  for (let place = 0; place < rows.width; place++) {
    const id = rows.idAt(row, place);
    if (id === 0) continue;
    const [, count, order] = sums.get(id) ?? [id, 0, lastPlace];
    // The least of both does not depend on which was added first, as a mean would.
    const earlier = Math.min(order, rows.orderAt(row, place));
    sums.set(id, [id, count + rows.countAt(row, place), earlier]);
  }
  return [...sums.values()];
}
