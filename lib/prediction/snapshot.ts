import { addExperience, encodeExperience } from './experience-codec';
import type { NavigationModel } from './navigation-model';
import { floatsOf, intsOf, readSections, writeSections } from './sections';
import { addCounted, type SuccessorUse } from './successor-merge';
import type { SuccessorTable } from './successor-table';
import { targetKinds } from './target-kind';

/** Sections before those of the tables, of each table, and their order. */
const urlSections = 4;
const tableSections = 6;

/** In place of the number of clients of an URL that enough have asked for. */
const enough = -1;

/**
 * Writes what a model has learned: URLs, counts of each context, and how evidence is weighed.
 * Who visited is not in it, but for hashes of the clients of URLs too few have asked for.
 */
export function writeSnapshot(model: NavigationModel): Buffer {
  const { urls, tables } = model;
  const indexOf = new Map<number, number>();
  const names: string[] = [];
  const kinds: number[] = [];
  const kindHashes: number[] = [];
  const clients: number[] = [];
  for (const [url, id] of urls.entries()) {
    indexOf.set(id, names.length);
    names.push(url);
    kinds.push(urls.targetKindIndexOf(id));
    kindHashes.push(urls.kindHashOf(id));
    const hashes = urls.clientHashesOf(id);
    clients.push(...(hashes === undefined ? [enough] : [hashes.length, ...hashes]));
  }
  return writeSections([
    // A URL has no line break: it came from a request line.
    Buffer.from(names.join('\n')),
    Uint8Array.from(kinds),
    Int32Array.from(kindHashes),
    Int32Array.from(clients),
    ...Object.values(tables).flatMap((table) => tableToSections(table, indexOf)),
    encodeExperience(model.experience),
  ]);
}

function tableToSections(table: SuccessorTable, indexOf: ReadonlyMap<number, number>) {
  const keys: number[] = [];
  const totals: number[] = [];
  const lengths: number[] = [];
  const targets: number[] = [];
  const counts: number[] = [];
  const orders: number[] = [];
  const { rows } = table;
  for (const [key, row] of table.keysInUse()) {
    let length = 0;
    for (let place = 0; place < rows.width; place++) {
      const index = indexOf.get(rows.idAt(row, place));
      if (index === undefined) continue;
      length++;
      targets.push(index);
      counts.push(rows.countAt(row, place));
      orders.push(rows.orderAt(row, place));
    }
    keys.push(key);
    totals.push(rows.totalOf(row));
    lengths.push(length);
  }
  return [
    Int32Array.from(keys),
    Float32Array.from(totals),
    Uint8Array.from(lengths),
    Int32Array.from(targets),
    Float32Array.from(counts),
    Uint8Array.from(orders),
  ];
}

/**
 * Adds what {@link writeSnapshot} wrote to a model; the order in which models are added does not
 * matter as long as all fit.
 *
 * @throws TypeError if the snapshot is of another version or damaged; the model is then unchanged.
 */
export function mergeSnapshot(model: NavigationModel, snapshot: Uint8Array): void {
  const sections = readSections(snapshot);
  const ids = mergeUrls(model, sections);
  const hashOf = (id: number): number => model.urls.hashOf(id);
  Object.values(model.tables).forEach((table, index) => {
    const from = urlSections + index * tableSections;
    mergeTable(table, sections.slice(from, from + tableSections), ids, hashOf);
  });
  const experience = sections.at(-1);
  if (experience !== undefined) addExperience(experience, model.experience);
}

/** @returns The model's id of each URL of the snapshot. */
function mergeUrls({ urls }: NavigationModel, sections: readonly Buffer[]): Int32Array {
  const [text, kinds, kindHashSection, clientSection] = sections;
  const names = text === undefined || text.length === 0 ? [] : text.toString().split('\n');
  const kindHashes = intsOf(kindHashSection);
  const clients = intsOf(clientSection);
  let at = 0;
  return Int32Array.from(names, (name, index) => {
    const count = clients[at++] ?? 0;
    const hashes = count === enough ? undefined : clients.subarray(at, (at += count));
    const id = urls.restore(name, hashes);
    if (id === 0) return 0;
    const kind = targetKinds[kinds?.[index] ?? 0];
    if (kind !== undefined && kind !== 'document') urls.setTargetKind(id, kind);
    urls.setKindHash(id, kindHashes[index] ?? 0);
    return id;
  });
}

function mergeTable(
  table: SuccessorTable,
  sections: readonly Buffer[],
  ids: Int32Array,
  hashOf: (id: number) => number,
): void {
  const keys = intsOf(sections[0]);
  const totals = floatsOf(sections[1]);
  const lengths = sections[2];
  const targets = intsOf(sections[3]);
  const counts = floatsOf(sections[4]);
  const orders = sections[5];
  let at = 0;
  table.reserve(keys.length);
  keys.forEach((key, index) => {
    const end = at + (lengths?.[index] ?? 0);
    const uses: SuccessorUse[] = [];
    for (; at < end; at++) {
      const id = ids[targets[at] ?? 0] ?? 0;
      if (id !== 0) uses.push([id, counts[at] ?? 0, orders?.[at] ?? 0]);
    }
    addCounted(table, key, totals[index] ?? 0, uses, hashOf);
  });
}
