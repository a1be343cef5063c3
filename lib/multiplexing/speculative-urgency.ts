/** Behind everything that browsers ask for because somebody waits: Chromium's reach from 0 to 4. */
const documentUrgency = 5;
const blockingUrgency = 6;
/** Of what is rendered ahead, that which no paint waits for. */
export const otherUrgency = 7;

/** Up to here a browser asks for what blocks the first paint, or fills what is seen first. */
const leastBlocking = 2;

/** Before images and scripts at the end of the body, behind what blocks the first paint. */
const imminentUrgency = 1;

export type AheadKind = 'document' | 'imminent document' | 'resource';

/**
 * The urgency of what is fetched before anybody wants it (`Sec-Purpose: prefetch`), so that no visitor
 * waits behind a page that he may never open. Browsers do not see to that: Chromium asks for what a page
 * needs that it renders ahead as urgently as for the page that is shown (images: 3), and for a
 * document to prefetch less urgently (4), though a click may be waiting for it.
 *
 * @param urgency What it would be if somebody waited.
 */
export function speculativeUrgency(kind: AheadKind, urgency: number): number {
  if (kind === 'imminent document') return imminentUrgency;
  if (kind === 'document') return documentUrgency;
  return urgency <= leastBlocking ? blockingUrgency : otherUrgency;
}
