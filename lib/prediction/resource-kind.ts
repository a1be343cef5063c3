/** Kinds of subresources that can be hinted; the words of `as` in `Link: rel=preload`. */
export type ResourceKind = 'style' | 'script' | 'font' | 'image' | 'fetch';

const kindOfExtension: ReadonlyMap<string, ResourceKind> = new Map(
  Object.entries({
    style: ['css'],
    script: ['js', 'mjs'],
    font: ['woff2', 'woff', 'ttf', 'otf'],
    image: ['avif', 'bmp', 'gif', 'ico', 'jpeg', 'jpg', 'png', 'svg', 'webp'],
    fetch: ['json', 'wasm'],
  } satisfies Record<ResourceKind, string[]>).flatMap(([kind, extensions]) =>
    extensions.map((extension) => [extension, kind as ResourceKind] as const),
  ),
);

/**
 * The kind a request asks for by its `Sec-Fetch-Dest` header (W3C Fetch Metadata).
 * `undefined` for documents, media, workers and whatever else no preload can stand for.
 */
export function kindOfDestination(secFetchDest: string): ResourceKind | undefined {
  switch (secFetchDest) {
    case 'style':
    case 'script':
    case 'font':
    case 'image':
      return secFetchDest;
    case 'empty':
      return 'fetch';
    default:
      return undefined;
  }
}

/** The kind a path's extension stands for; query and fragment are ignored. */
export function kindOfPath(path: string): ResourceKind | undefined {
  const end = path.search(/[?#]/);
  const bare = end === -1 ? path : path.slice(0, end);
  const dot = bare.lastIndexOf('.');
  if (dot <= bare.lastIndexOf('/')) return undefined;
  return kindOfExtension.get(bare.slice(dot + 1).toLowerCase());
}
