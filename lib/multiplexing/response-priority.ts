import type { ServerResponse } from 'node:http';
import { isImminent } from '../util/imminent';
import { isSpeculative } from '../util/is-speculative';
import { guessPriority, isDocument, type GuessClues } from './priority-guess';
import { parsePriority, type PriorityField } from './priority-field';
import { priorityOverride } from './priority-override';
import { type AheadKind, speculativeUrgency } from './speculative-urgency';
import { defaultPriority, type StreamPriority } from './stream-priority';

/** What the decision needs of a request. */
export interface PriorityRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The request's HTTP/2 stream; Node 20 shows the weight of RFC 7540 in its state. */
  readonly stream?: { readonly state: { readonly weight?: number | undefined } } | undefined;
}

/** Weight of a stream whose client gave none (RFC 7540 section 5.3.5), and of all on Node >= 22.17. */
const silentWeight = 16;

/**
 * Decides a response's priority, member by member, strongest signal first:
 *
 * | signal                                | urgency           | incremental        | weight  |
 * |---------------------------------------|-------------------|--------------------|---------|
 * | the app: `priority()` on the route    | as given          | as given           | as given|
 * | `priority` request header, RFC 9218   | `u`, else 3       | `i`, else false    |         |
 * | weight of RFC 7540, if not 16         | {@link urgencyOfWeight} | guessed      |         |
 * | guess, see {@link guessPriority}      | by destination and type | likewise     | 16      |
 *
 * The app comes first because RFC 9218 section 8 lets the server know better than the client. What is
 * asked for ahead (`Sec-Purpose: prefetch`) goes behind all else, unless the app says otherwise.
 *
 * @param isAwaited Whether it is known that somebody waits for it, though it was asked for ahead.
 */
export function responsePriority(
  req: PriorityRequest,
  res: ServerResponse,
  isAwaited = false,
): StreamPriority {
  const override = priorityOverride(res);
  const weight = override.weight ?? defaultPriority.weight;
  if (override.urgency !== undefined && override.incremental !== undefined) {
    return { urgency: override.urgency, incremental: override.incremental, weight };
  }
  const signalled = clientPriority(req) ?? guessedPriority(req, res);
  const isAhead = !isAwaited && isSpeculative(req.headers);
  const urgency = isAhead
    ? speculativeUrgency(aheadKind(req, res), signalled.urgency)
    : signalled.urgency;
  return {
    urgency: override.urgency ?? urgency,
    incremental: override.incremental ?? signalled.incremental,
    weight,
  };
}

function aheadKind(request: PriorityRequest, response: ServerResponse): AheadKind {
  if (!isDocument(cluesOf(request, response))) return 'resource';
  return isImminent(response) ? 'imminent document' : 'document';
}

/** The weight says how urgent; whether turns make sense only the guess can tell. */
function guessedPriority(
  request: PriorityRequest,
  response: ServerResponse,
): { urgency: number; incremental: boolean } {
  const guess = guessPriority(cluesOf(request, response));
  const clientWeight = request.stream?.state.weight ?? silentWeight;
  if (clientWeight === silentWeight) return guess;
  return { urgency: urgencyOfWeight(clientWeight), incremental: guess.incremental };
}

/** What a guess goes by. */
export function cluesOf(request: PriorityRequest, response: ServerResponse): GuessClues {
  return {
    destination: text(request.headers['sec-fetch-dest']),
    contentType: text(response.getHeader('content-type')),
    contentDisposition: text(response.getHeader('content-disposition')),
  };
}

function clientPriority(
  req: PriorityRequest,
): { urgency: number; incremental: boolean } | undefined {
  const field: PriorityField = parsePriority(text(req.headers['priority']));
  if (field.urgency === undefined && field.incremental === undefined) return undefined;
  return {
    urgency: field.urgency ?? defaultPriority.urgency,
    incremental: field.incremental ?? defaultPriority.incremental,
  };
}

/**
 * The urgency behind a weight of RFC 7540, by the inverse of Chromium's
 * `Spdy3PriorityToHttp2Weight`: weight = 1 + floor((7 - urgency) * 255.9 / 7).
 */
export function urgencyOfWeight(weight: number): number {
  return 7 - Math.round(((weight - 1) * 7) / 255.9);
}

function text(value: string | number | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value === undefined ? undefined : String(value);
}
