import { freemem } from 'node:os';

/** Bytes that this process can still have, within its container; the machine's before Node 20.13. */
export function freeMemoryBytes(): number {
  const { availableMemory = freemem } = process as Partial<NodeJS.Process>;
  return availableMemory();
}
