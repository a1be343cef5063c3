import type { ResourceKind } from './resource-kind';

/** What a predicted URL is for. */
export type TargetKind = ResourceKind | 'document';

/** In the order in which their numbers are kept. */
export const targetKinds: readonly TargetKind[] = [
  'document',
  'style',
  'script',
  'font',
  'image',
  'fetch',
];
