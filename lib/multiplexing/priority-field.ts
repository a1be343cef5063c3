import { parseDictionary } from './structured-dictionary';

/** What a client asked for in the `priority` field; what it left out is absent. */
export interface PriorityField {
  readonly urgency?: number;
  readonly incremental?: boolean;
}

const nothing: PriorityField = {};

/**
 * Reads the `priority` request header (RFC 9218 section 5): `u=3, i`.
 *
 * A field that is no structured dictionary is ignored as a whole (RFC 9651 section 4.2); an urgency
 * out of range or a value of the wrong type is ignored alone (RFC 9218 section 4).
 */
export function parsePriority(header: string | undefined): PriorityField {
  if (header === undefined) return nothing;
  const members = parseDictionary(header);
  if (members === undefined) return nothing;
  const urgency = members.get('u');
  const incremental = members.get('i');
  return {
    ...(isUrgency(urgency) && { urgency }),
    ...(typeof incremental === 'boolean' && { incremental }),
  };
}

function isUrgency(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 7;
}
