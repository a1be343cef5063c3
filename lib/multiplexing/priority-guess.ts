/** What can be known about a response whose client said nothing of its priority. */
export interface GuessClues {
  /** `Sec-Fetch-Dest` of the request. */
  readonly destination: string | undefined;
  readonly contentType: string | undefined;
  readonly contentDisposition: string | undefined;
}

export interface PriorityGuess {
  readonly urgency: number;
  readonly incremental: boolean;
}

/**
 * The classes, after Chrome's resource priorities (web.dev "fetch priority"; RFC 9218 header as
 * Chrome 124+ sends it, in brackets) and RFC 9218 section 4.1 (default 3).
 *
 * | class    | guess | Chrome        | why                                                          |
 * |----------|-------|---------------|--------------------------------------------------------------|
 * | document | 0, i  | 0, i          | parsed as it comes; everything else waits for it             |
 * | style    | 1     | 0             | blocks rendering, useful only as a whole                     |
 * | font     | 1     | 0 or 1        | blocks text, useful only as a whole                          |
 * | script   | 1     | 1, late ones 2| blocks parsing; `defer` cannot be seen from here             |
 * | events   | 2, i  | 1, i          | small and awaited, like `text/event-stream`                  |
 * | data     | 3, i  | 1, i          | `fetch()`: may be small and awaited or a long export, so they share |
 * | image    | 4, i  | 3, i, seen: 2 | one step behind data; several grow at once                   |
 * | media    | 6, i  | 3 or 4, i     | plays while it loads; a download that nobody watches         |
 * | prefetch | 7     | 4             | "background" of RFC 9218                                     |
 * | other    | 3, i  | 3             | sharing keeps one long response from blocking short ones     |
 */
const classes = {
  document: { urgency: 0, incremental: true },
  style: { urgency: 1, incremental: false },
  font: { urgency: 1, incremental: false },
  script: { urgency: 1, incremental: false },
  events: { urgency: 2, incremental: true },
  data: { urgency: 3, incremental: true },
  image: { urgency: 4, incremental: true },
  media: { urgency: 6, incremental: true },
  other: { urgency: 3, incremental: true },
} satisfies Record<string, PriorityGuess>;

type ResponseClass = keyof typeof classes;

/** Values of `Sec-Fetch-Dest` (Fetch standard, "destination"). `empty` is `fetch()` and the like. */
const destinations: ReadonlyMap<string, ResponseClass> = new Map<string, ResponseClass>([
  ['document', 'document'],
  ['iframe', 'document'],
  ['frame', 'document'],
  ['style', 'style'],
  ['xslt', 'style'],
  ['font', 'font'],
  ['script', 'script'],
  ['worker', 'script'],
  ['sharedworker', 'script'],
  ['serviceworker', 'script'],
  ['json', 'data'],
  ['manifest', 'data'],
  ['image', 'image'],
  ['audio', 'media'],
  ['video', 'media'],
  ['track', 'media'],
]);

/** Exact media types; the rest goes by what stands before the slash. */
const mediaTypes: ReadonlyMap<string, ResponseClass> = new Map<string, ResponseClass>([
  ['text/html', 'document'],
  ['application/xhtml+xml', 'document'],
  ['text/css', 'style'],
  ['text/javascript', 'script'],
  ['application/javascript', 'script'],
  ['application/wasm', 'script'],
  ['text/event-stream', 'events'],
  ['application/json', 'data'],
  ['application/octet-stream', 'media'],
  ['application/zip', 'media'],
  ['application/gzip', 'media'],
  ['application/pdf', 'media'],
  ['application/font-woff', 'font'],
]);

const topLevelTypes: ReadonlyMap<string, ResponseClass> = new Map<string, ResponseClass>([
  ['font', 'font'],
  ['image', 'image'],
  ['audio', 'media'],
  ['video', 'media'],
]);

/** Guesses a priority by what the browser asked for, then by what it gets. */
export function guessPriority(clues: GuessClues): PriorityGuess {
  const type = classOfType(clues.contentType);
  if (type === 'events') return classes.events;
  if (clues.contentDisposition?.startsWith('attachment') === true) return classes.media;
  return classes[destinations.get(clues.destination ?? '') ?? type];
}

/** Whether the response is a page of its own: said to be one, or HTML that was asked for as data. */
export function isDocument({ destination, contentType }: GuessClues): boolean {
  if (destination === 'document') return true;
  const isOpen = destination === undefined || destination === 'empty';
  return isOpen && classOfType(contentType) === 'document';
}

function classOfType(contentType: string | undefined): ResponseClass {
  if (contentType === undefined) return 'other';
  const semicolon = contentType.indexOf(';');
  const essence = (semicolon < 0 ? contentType : contentType.slice(0, semicolon))
    .trim()
    .toLowerCase();
  const exact = mediaTypes.get(essence);
  if (exact !== undefined) return exact;
  return topLevelTypes.get(essence.slice(0, essence.indexOf('/'))) ?? 'other';
}
