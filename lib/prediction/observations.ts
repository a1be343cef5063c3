import type { ResourceKind } from './resource-kind';

/** A page view. Report it when the page's headers leave, before its subresources are asked for. */
export interface PageVisit {
  /** Who came: any key that tells clients apart. Only a 32-bit hash of it is kept. */
  readonly client: string;
  /**
   * What clients share that one person may control, such as the network they are in: limits what
   * all of them together teach. @default the client
   */
  readonly network?: string;
  /** URL of the page, as it is to be predicted: the caller removes the query. */
  readonly page: string;
  /** Route pattern of the page, such as `/product/:id`, if known. */
  readonly pattern?: string;
  /** Page this visit came from. Counts only if the same client visited that page. */
  readonly from?: string;
  /** Route pattern of {@link from}, if known. */
  readonly fromPattern?: string;
  /**
   * Subresources that were hinted or pushed with this page. That they are asked for, or are not,
   * proves nothing, so this visit leaves their chances as they are.
   */
  readonly offered?: readonly string[];
}

/** A subresource that a page asked for. */
export interface ResourceUse {
  readonly client: string;
  /** Page that needed it: the path of `Referer`. */
  readonly page: string;
  readonly pattern?: string;
  readonly resource: string;
  readonly kind: ResourceKind;
  /** Size of its body, if known. */
  readonly bytes?: number;
}
