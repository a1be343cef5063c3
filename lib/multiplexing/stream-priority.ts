/** How a response competes with the others of its session, in the words of RFC 9218. */
export interface StreamPriority {
  /** 0 leaves first, 7 last. */
  readonly urgency: number;

  /** Whether the client can use the response piece by piece, so that several may take turns. */
  readonly incremental: boolean;

  /** Share among incremental responses of one urgency, from 1 to 256. */
  readonly weight: number;
}

/** RFC 9218 sections 4.1 and 4.2; the weight is the default of RFC 7540 section 5.3.5. */
export const defaultPriority: StreamPriority = { urgency: 3, incremental: false, weight: 16 };
