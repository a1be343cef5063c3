/** Folders of a path that are told apart, and bits of the hash of each. */
const levels = 3;
const levelBits = 10;
const levelMask = (1 << levelBits) - 1;
const depthBits = 2;

/**
 * The first three folders a URL is in, as one number: how many there are in the lowest two bits,
 * then ten bits of a hash for each.
 */
export function foldersOf(url: string): number {
  let folders = 0;
  let depth = 0;
  let hash = 0x811c9dc5;
  for (let i = 1; i < url.length && depth < levels; i++) {
    const code = url.charCodeAt(i);
    if (code === 63) break;
    if (code !== 47) {
      hash = Math.imul(hash ^ code, 0x01000193);
      continue;
    }
    const folded = (hash ^ (hash >>> 11) ^ (hash >>> 22)) & levelMask;
    folders |= folded << (depthBits + levelBits * depth++);
  }
  return folders | depth;
}

/** How many folders a URL is in, up to three. */
export function depthOf(folders: number): number {
  return folders & levels;
}

/** How many folders two URLs have in common, from the root on, up to three. */
export function sharedFolders(one: number, other: number): number {
  const most = Math.min(depthOf(one), depthOf(other));
  const differ = (one ^ other) >>> depthBits;
  let shared = 0;
  while (shared < most && ((differ >>> (levelBits * shared)) & levelMask) === 0) shared++;
  return shared;
}
