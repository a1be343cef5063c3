/** One entry of a Redis stream with a single field. */
export interface StreamEntry {
  readonly id: string;
  readonly text: string;
}

/** Streams by their keys: an object in RESP3, a list of pairs in RESP2, `null` when there is nothing. */
type Reply = Readonly<Record<string, Entries>> | readonly (readonly [string, Entries])[] | null;
type Entries = readonly (readonly [id: string, fields: readonly string[]])[];

/** The entries in a reply to `XREAD` for one stream. */
export function entriesOf(reply: unknown): readonly StreamEntry[] {
  const streams = reply as Reply;
  if (streams === null) return [];
  const [entries = []] = Array.isArray(streams)
    ? streams.map(([, list]: readonly [string, Entries]) => list)
    : Object.values(streams as Readonly<Record<string, Entries>>);
  return entries.map(([id, [, text = '']]) => ({ id, text }));
}
