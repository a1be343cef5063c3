import { clientHash } from './client-hash';
import { DistinctClients } from './distinct-clients';
import { FairShare } from './fair-share';
import { foldersOf } from './folders';
import { pageKind } from './page-kind';
import type { TargetKind } from './target-kind';
import { targetKinds } from './target-kind';

/** Ids carry the number of their slot in the low bits, and how often it was let in the rest. */
const slotBits = 18;
const slotMask = (1 << slotBits) - 1;
const generations = 1 << (31 - slotBits);

/** Bytes of one URL besides its characters: string header, Map entry, typed and plain arrays. */
const bytesPerUrl = 90;
const bytesPerClientSet = 240;
const arrayBytesPerUrl = 18;

/** An URL nobody asks for any more outlives log2 of this many passes of the hand. */
const maxCredit = 64;

/** Slots looked at for one eviction at most. */
const maxInspected = 64;

/** Bits of the doorkeeper; it is wiped after a sixteenth as many URLs. */
const doorBits = 1 << 16;

export interface UrlTableInit {
  readonly minClients: number;
  readonly maxBytes: number;
}

/**
 * Gives each URL a number, within `maxBytes`.
 *
 * When full, a URL gets in only the second time it is asked for (the doorkeeper of TinyLFU:
 * Einziger, Friedman and Manes, ACM TOS 13(4), 2017) and only within its client's share, and takes
 * the place of one that is used little (generalised CLOCK, as in `BoundedMap`). An id is never
 * given to another URL before 8191 others had its slot, so counts of what is gone mislead nobody.
 */
export class UrlTable {
  readonly #init: UrlTableInit;
  readonly #slots = new Map<string, number>();
  /** Slot 0 stays empty: id 0 stands for no URL. */
  readonly #urls: (string | undefined)[] = [undefined];
  readonly #clients: (DistinctClients | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #doorkeeper = new Uint32Array(doorBits >> 5);
  readonly #newcomers: FairShare;
  #ids = new Int32Array(256);
  #hashes = new Int32Array(256);
  #kindHashes = new Int32Array(256);
  #folders = new Int32Array(256);
  #kinds = new Uint8Array(256);
  #credits = new Uint8Array(256);
  #bytes = 0;
  #hand = 0;
  #atDoor = 0;
  #evictions = 0;

  constructor(init: UrlTableInit) {
    this.#init = init;
    this.#newcomers = new FairShare(init.minClients);
  }

  get size(): number {
    return this.#slots.size;
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** Estimate of the memory held, in bytes. */
  get bytes(): number {
    return this.#bytes + this.#ids.length * arrayBytesPerUrl + doorBits / 8;
  }

  /** The id of a URL, or 0. */
  find(url: string): number {
    const slot = this.#slots.get(url);
    return slot === undefined ? 0 : (this.#ids[slot] ?? 0);
  }

  /** Whether an id still stands for the URL it was given to. */
  isLive(id: number): boolean {
    return this.#ids[id & slotMask] === id;
  }

  urlOf(id: number): string {
    return this.#urls[id & slotMask] ?? '';
  }

  hashOf(id: number): number {
    return this.#hashes[id & slotMask] ?? 0;
  }

  /** Hash of the route pattern, or of what stands for it: see {@link pageKind}. */
  kindHashOf(id: number): number {
    return this.#kindHashes[id & slotMask] ?? 0;
  }

  /** The folders a URL is in: see {@link foldersOf}. */
  foldersOf(id: number): number {
    return this.#folders[id & slotMask] ?? 0;
  }

  /** Hashes of the clients that asked for a URL, `undefined` once they are enough. */
  clientHashesOf(id: number): readonly number[] | undefined {
    return this.#clients[id & slotMask]?.hashes;
  }

  /** Lets in a URL of a snapshot; without `clients`, one that enough asked for. @returns its id. */
  restore(url: string, clients: Int32Array | undefined): number {
    const slot = this.#slots.get(url) ?? (this.#isFull(url) ? undefined : this.#place(url));
    if (slot === undefined) return 0;
    if (clients === undefined) this.#dropClients(slot);
    else for (const client of clients) this.#addClient(slot, client);
    return this.#ids[slot] ?? 0;
  }

  setKindHash(id: number, hash: number): void {
    this.#kindHashes[id & slotMask] = hash;
  }

  setPattern(id: number, pattern: string): void {
    this.#kindHashes[id & slotMask] = clientHash(pattern);
  }

  targetKindOf(id: number): TargetKind {
    return targetKinds[this.#kinds[id & slotMask] ?? 0] ?? 'document';
  }

  targetKindIndexOf(id: number): number {
    return this.#kinds[id & slotMask] ?? 0;
  }

  setTargetKind(id: number, kind: TargetKind): void {
    this.#kinds[id & slotMask] = targetKinds.indexOf(kind);
  }

  /** Whether an id stands for an URL that enough clients asked for to tell others of it. */
  isOfferable(id: number): boolean {
    const slot = id & slotMask;
    return this.#ids[slot] === id && this.#clients[slot] === undefined;
  }

  /** Distinct clients that asked for a URL, counted up to `minClients`. */
  clientsOf(id: number): number {
    return this.#clients[id & slotMask]?.count ?? this.#init.minClients;
  }

  /** Notes that a client asked for a URL. @returns its id, or 0 if it is not let in. */
  use(url: string, client: number): number {
    const slot = this.#slots.get(url) ?? this.#admit(url, client);
    if (slot === undefined) return 0;
    const credit = this.#credits[slot] ?? 0;
    if (credit < maxCredit) this.#credits[slot] = credit + 1;
    this.#addClient(slot, client);
    return this.#ids[slot] ?? 0;
  }

  delete(url: string): void {
    const slot = this.#slots.get(url);
    if (slot !== undefined) this.#release(slot, url);
  }

  *entries(): IterableIterator<[url: string, id: number]> {
    for (const [url, slot] of this.#slots) yield [url, this.#ids[slot] ?? 0];
  }

  #admit(url: string, client: number): number | undefined {
    if (this.#isFull(url)) {
      const isWelcome = this.#knocksTwice(clientHash(url)) && this.#newcomers.admits(client);
      if (!isWelcome) return undefined;
      this.#evict();
    }
    return this.#place(url);
  }

  #isFull(url: string): boolean {
    const { length } = this.#ids;
    const grown = this.#free.length === 0 && this.#urls.length === length ? 2 * length : length;
    const bytes = this.#bytes + grown * arrayBytesPerUrl + bytesPerUrl + url.length;
    return bytes + bytesPerClientSet + doorBits / 8 > this.#init.maxBytes || grown > slotMask + 1;
  }

  #addClient(slot: number, client: number): void {
    const clients = this.#clients[slot];
    if (clients === undefined) return;
    clients.add(client, this.#init.minClients);
    if (clients.count >= this.#init.minClients) this.#dropClients(slot);
  }

  #place(url: string): number {
    const slot = this.#free.pop() ?? this.#urls.length;
    if (slot === this.#ids.length) this.#grow();
    // A flat copy: a slice of a longer text would keep all of it alive.
    const own = Buffer.from(url, 'utf16le').toString('utf16le');
    this.#slots.set(own, slot);
    this.#urls[slot] = own;
    this.#clients[slot] = this.#init.minClients > 1 ? new DistinctClients() : undefined;
    this.#bytes += bytesPerUrl + url.length + (this.#init.minClients > 1 ? bytesPerClientSet : 0);
    const generation = (((this.#ids[slot] ?? 0) >>> slotBits) + 1) % generations || 1;
    this.#ids[slot] = (generation << slotBits) | slot;
    this.#hashes[slot] = clientHash(url);
    this.#kindHashes[slot] = clientHash(pageKind(url));
    this.#folders[slot] = foldersOf(url);
    this.#kinds[slot] = 0;
    this.#credits[slot] = 0;
    return slot;
  }

  #knocksTwice(hash: number): boolean {
    const bit = (hash >>> 8) & (doorBits - 1);
    const mask = 1 << (bit & 31);
    const word = this.#doorkeeper[bit >> 5] ?? 0;
    if ((word & mask) !== 0) return true;
    if (++this.#atDoor > doorBits >> 4) {
      this.#doorkeeper.fill(0);
      this.#atDoor = 0;
    }
    this.#doorkeeper[bit >> 5] = (this.#doorkeeper[bit >> 5] ?? 0) | mask;
    return false;
  }

  #evict(): void {
    let victim = -1;
    let least = Infinity;
    for (let inspected = 0; inspected < maxInspected && least > 1; inspected++) {
      this.#hand = (this.#hand + 1) % this.#urls.length;
      if (this.#urls[this.#hand] === undefined) continue;
      const credit = this.#credits[this.#hand] ?? 0;
      if (credit < least) {
        least = credit;
        victim = this.#hand;
      }
      this.#credits[this.#hand] = credit >> 1;
    }
    const url = this.#urls[victim];
    if (url === undefined) return;
    this.#release(victim, url);
    this.#evictions++;
  }

  #release(slot: number, url: string): void {
    this.#slots.delete(url);
    this.#urls[slot] = undefined;
    this.#bytes -= bytesPerUrl + url.length;
    this.#dropClients(slot);
    // Odd enough to match no id, while the generation stays for the next one.
    this.#ids[slot] = ((this.#ids[slot] ?? 0) & ~slotMask) | (slot ^ 1);
    this.#free.push(slot);
  }

  #dropClients(slot: number): void {
    if (this.#clients[slot] === undefined) return;
    this.#clients[slot] = undefined;
    this.#bytes -= bytesPerClientSet;
  }

  #grow(): void {
    const length = this.#ids.length * 2;
    const wider = <T extends Int32Array | Uint8Array>(from: T, to: T): T => (to.set(from), to);
    this.#ids = wider(this.#ids, new Int32Array(length));
    this.#hashes = wider(this.#hashes, new Int32Array(length));
    this.#kindHashes = wider(this.#kindHashes, new Int32Array(length));
    this.#folders = wider(this.#folders, new Int32Array(length));
    this.#kinds = wider(this.#kinds, new Uint8Array(length));
    this.#credits = wider(this.#credits, new Uint8Array(length));
  }
}
