import { readFileSync } from 'node:fs';
import type { PushResource, PushRule } from './push-rule';
import { kindOfPath } from './resource-kind';

type Route = PushRule['route'];

export interface ViteManifestOptions {
  /** Source file of the entry. @default the first chunk that is one */
  readonly entry?: string;
  /** Path that the build is served under, with a slash at its end. @default '/' */
  readonly base?: string;
  /** Whether the page's tags have `crossorigin`, as those that Vite writes. @default true */
  readonly crossorigin?: boolean;
}

export interface WebpackManifestOptions {
  /** Name of the entry. @default 'main' */
  readonly entry?: string;
  /** Path that the build is served under, with a slash at its end. @default that of the manifest, or '/' */
  readonly base?: string;
}

interface ViteChunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}

type ViteManifest = Readonly<Record<string, ViteChunk>>;

interface WebpackEntry {
  readonly assets?: readonly (string | { readonly name: string })[] | WebpackKinds;
}

interface WebpackKinds {
  readonly css?: readonly string[];
  readonly js?: readonly string[];
}

interface WebpackStats {
  readonly publicPath?: string;
  readonly entrypoints?: Readonly<Record<string, WebpackEntry>>;
}

/**
 * What the pages of a route need, from the manifest that Vite writes with `build.manifest`: the
 * style sheets of the entry and of what it imports, then its module scripts.
 *
 * @param manifest Path of `.vite/manifest.json`, or what is in it.
 * @throws TypeError when it names no such entry.
 */
export function viteBuild(
  route: Route,
  manifest: string | object,
  { entry, base = '/', crossorigin = true }: ViteManifestOptions = {},
): PushRule {
  const chunks = contentOf(manifest) as ViteManifest;
  const name = entry ?? Object.keys(chunks).find((key) => chunks[key]?.isEntry === true);
  if (name === undefined || chunks[name] === undefined) {
    throw new TypeError(`the Vite manifest has no entry ${name ?? ''}`.trimEnd());
  }
  const needed = importedBy(name, chunks);
  const cors = crossorigin ? ({ crossorigin: 'anonymous' } as const) : {};
  const styles = new Set(needed.flatMap(({ css = [] }) => css));
  const scripts = needed.map(({ file }) => file).filter((file) => kindOfPath(file) === 'script');
  return {
    route,
    resources: [
      ...[...styles].map((file): PushResource => ({ url: base + file, as: 'style', ...cors })),
      // Module scripts are always fetched with CORS.
      ...scripts.map((file): PushResource => ({
        url: base + file,
        as: 'script',
        crossorigin: 'anonymous',
      })),
    ],
  };
}

/**
 * What the pages of a route need, from webpack: its stats (`stats.toJson()`), the file of
 * webpack-assets-manifest with `entrypoints: true`, or a plain map of names to files.
 *
 * @param manifest Path of the JSON file, or what is in it.
 * @throws TypeError when it names no such entry.
 */
export function webpackBuild(
  route: Route,
  manifest: string | object,
  { entry = 'main', base }: WebpackManifestOptions = {},
): PushRule {
  const content = contentOf(manifest) as WebpackStats & Readonly<Record<string, unknown>>;
  const files = filesOf(content, entry);
  if (files.length === 0) throw new TypeError(`the webpack manifest has no entry ${entry}`);
  const root = base ?? (content.publicPath?.startsWith('/') === true ? content.publicPath : '/');
  const urls = files.map((file) => (file.startsWith('/') ? file : root + file));
  const ofKind = (kind: 'style' | 'script'): PushResource[] =>
    urls.filter((url) => kindOfPath(url) === kind).map((url) => ({ url, as: kind }));
  return { route, resources: [...ofKind('style'), ...ofKind('script')] };
}

function contentOf(manifest: string | object): object {
  if (typeof manifest === 'object') return manifest;
  const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  if (typeof content === 'object' && content !== null) return content;
  throw new TypeError(`${manifest} holds no manifest`);
}

/** A chunk and what it imports, itself first, each once. */
function importedBy(name: string, chunks: ViteManifest): ViteChunk[] {
  const seen = new Set<string>();
  const visit = (key: string): void => {
    if (seen.has(key) || chunks[key] === undefined) return;
    seen.add(key);
    for (const next of chunks[key].imports ?? []) visit(next);
  };
  visit(name);
  return [...seen].flatMap((key) => chunks[key] ?? []);
}

function filesOf(
  content: WebpackStats & Readonly<Record<string, unknown>>,
  entry: string,
): string[] {
  const assets = content.entrypoints?.[entry]?.assets;
  if (Array.isArray(assets)) {
    return assets.map((one: string | { name: string }) =>
      typeof one === 'string' ? one : one.name,
    );
  }
  if (assets !== undefined) {
    const { css = [], js = [] } = assets as WebpackKinds;
    return [...css, ...js];
  }
  return [content[`${entry}.css`], content[`${entry}.js`]].filter((one) => typeof one === 'string');
}
