import { randomInt } from 'node:crypto';

/** The fixed part of a gzip member's head, and its flag for a file name (RFC 1952 section 2.3). */
const headBytes = 10;
const flagsAt = 3;
const nameFlag = 0x08;

/** An attacker who can tell lengths apart by one byte must average over thousands of answers. */
const mostPadding = 256;

/**
 * Gives a gzip member a file name of random length, which every decoder passes over ("Heal the
 * BREACH", Palacios, Fariña Fernández-Portillo, Bermejo, Ruiz 2022).
 *
 * @param first The first bytes of the member, with the whole head as zlib makes it.
 */
export function padGzip(first: Buffer): Buffer {
  const name = Buffer.alloc(randomInt(1, mostPadding + 1), 'a');
  name[name.length - 1] = 0;
  const padded = Buffer.concat([first.subarray(0, headBytes), name, first.subarray(headBytes)]);
  padded[flagsAt] = (first[flagsAt] ?? 0) | nameFlag;
  return padded;
}
