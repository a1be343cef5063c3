import Negotiator from 'negotiator';

/** Its declared types are those of an earlier version. */
interface RankingNegotiator {
  encodings(available: string[], options?: { readonly preferred: string[] }): string[];
}

/** Encodings a response may have, best first. A response in any other is not stored. */
const knownEncodings = ['dcb', 'dcz', 'br', 'zstd', 'gzip', 'deflate', 'identity'];

/** Spellings remembered; the browsers of the world use about ten. */
const maxSpellings = 256;

/** Longer ones are parsed each time, so that they take no memory. */
const maxRememberedLength = 256;

const remembered = new Map<string, string>();

/**
 * What an `Accept-Encoding` asks for, however it is spelled: the known encodings that it accepts,
 * best first (RFC 9110 section 12.5.3). Those of equal quality stand in an order of our own.
 */
export function acceptedEncodings(field: string | undefined): string {
  if (field === undefined) return '';
  const known = remembered.get(field);
  if (known !== undefined) return known;
  const negotiator: RankingNegotiator = new Negotiator({ headers: { 'accept-encoding': field } });
  const accepted = negotiator.encodings(knownEncodings, { preferred: knownEncodings }).join();
  if (field.length > maxRememberedLength) return accepted;
  if (remembered.size >= maxSpellings) remembered.clear();
  remembered.set(field, accepted);
  return accepted;
}

export function isKnownEncoding(encoding: string): boolean {
  return knownEncodings.includes(encoding);
}
