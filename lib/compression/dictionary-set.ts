import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { reportFailure } from '../util/diagnostics';
import { AcceptedEncodings } from './accepted-encodings';
import type { Codec } from './codec';
import { Dictionary, dictionaryEncodings } from './dictionary';
import type { DictionaryEncoding } from './dictionary';
import type { DictionaryOptions } from './dictionary-options';
import { readVersion } from './file-encoding';
import type { FileVersion } from './file-version';
import type { CoderOptions, Encoding } from './node-zlib';
import { pathOf } from './request-path';

/** Responses that share a dictionary, and what is said of it. */
export interface DictionaryRule {
  /** For the response that is the dictionary: RFC 9842 section 2.1. */
  readonly useAsDictionary: string;
  /** Where the dictionary is offered; `undefined`: the responses themselves are. */
  readonly url: string | undefined;
}

interface Rule extends DictionaryRule {
  readonly matches: (path: string) => boolean;
}

/** A dictionary, with what it may be used for. */
interface Known {
  readonly dictionary: Dictionary;
  readonly rule: Rule;
}

/** Browsers keep a dictionary for as long as its response is fresh. */
const maxBytes = 32 * 1024 * 1024;
const largestBytes = 8 * 1024 * 1024;

/** Files that are remembered as known; the others are read again. */
const maxVersions = 1024;

/** A structured field's byte sequence of a SHA-256 (RFC 9842 section 2.2). */
const available = /^\s*:([A-Za-z0-9+/]{43}=):\s*$/;

/**
 * The dictionaries that clients may have: offered ones, and the versions of files that were served
 * while this process runs, within a limit in bytes. What a client shows is only a hash; one that is
 * not known here, or not for this path, is as good as none.
 */
export class DictionarySet {
  readonly #rules: readonly Rule[];
  /** By hash, in the order of their last use. */
  readonly #known = new Map<string, Known>();
  /** By path: versions of files whose bytes are known. */
  readonly #versions = new Map<string, string>();
  readonly #accepted = {
    now: new AcceptedEncodings<DictionaryEncoding>(dictionaryEncodings().toReversed()),
    best: new AcceptedEncodings<DictionaryEncoding>(dictionaryEncodings()),
  };
  readonly #settings: Readonly<Record<Encoding, CoderOptions>>;
  readonly #codecs = new WeakMap<Dictionary, Map<string, Codec>>();
  #bytes = 0;

  /** @throws Error when a file cannot be read, TypeError when it cannot be a dictionary. */
  constructor(
    options: readonly DictionaryOptions[],
    settings: Readonly<Record<Encoding, CoderOptions>>,
  ) {
    this.#settings = settings;
    const isPossible = dictionaryEncodings().length > 0;
    this.#rules = isPossible ? options.map(ruleOf) : [];
    for (const [at, rule] of this.#rules.entries()) {
      for (const file of options[at]?.files ?? []) this.#add(new Dictionary(read(file)), rule);
    }
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** How the response to a request deals with dictionaries. */
  ruleFor(req: IncomingMessage): DictionaryRule | undefined {
    if (this.isEmpty) return undefined;
    const path = pathOf(req);
    return this.#rules.find(({ matches }) => matches(path));
  }

  /** The dictionary that is offered at a path. */
  offeredAt(path: string): (Known & { readonly rule: DictionaryRule }) | undefined {
    const rule = this.#rules.find(({ url }) => url === path);
    return rule && [...this.#known.values()].find((one) => one.rule === rule);
  }

  /** How to compress for the dictionary that a client shows. */
  codecFor(req: IncomingMessage, isBest: boolean): Codec | undefined {
    const shown = req.headers['available-dictionary'];
    const field = req.headers['accept-encoding'];
    if (this.isEmpty || typeof shown !== 'string' || typeof field !== 'string') return undefined;
    const hash = available.exec(shown)?.[1];
    const known = hash === undefined ? undefined : this.#known.get(hash);
    if (known === undefined || !known.rule.matches(pathOf(req))) return undefined;
    const [name] = this.#accepted[isBest ? 'best' : 'now'].of(field);
    return name && this.#codec(known.dictionary, name, isBest);
  }

  /** A file is sent that is the dictionary of its next version: keeps what it is. */
  async learn(version: FileVersion, rule: DictionaryRule, nowMs: number): Promise<void> {
    const { path, key, bytes } = version;
    if (this.#versions.get(path) === key || bytes > largestBytes) return;
    if (this.#versions.size >= maxVersions) this.#versions.clear();
    this.#versions.set(path, key);
    try {
      const content = await readVersion(version, nowMs);
      if (content === undefined) this.#versions.delete(path);
      else if (Dictionary.accepts(content)) this.#add(new Dictionary(content), rule as Rule);
    } catch (error) {
      this.#versions.delete(path);
      reportFailure('dynamicCompression', error);
    }
  }

  #codec(dictionary: Dictionary, name: DictionaryEncoding, isBest: boolean): Codec {
    const made = this.#codecs.get(dictionary) ?? new Map<string, Codec>();
    this.#codecs.set(dictionary, made);
    const key = `${name} ${isBest}`;
    const codec = made.get(key) ?? dictionary.codec(name, this.#settings, isBest);
    made.set(key, codec);
    return codec;
  }

  #add(dictionary: Dictionary, rule: Rule): void {
    if (this.#known.has(dictionary.hash)) return;
    this.#known.set(dictionary.hash, { dictionary, rule });
    this.#bytes += dictionary.bytes.length;
    for (const [hash, known] of this.#known) {
      if (this.#bytes <= maxBytes) return;
      if (known.rule.url !== undefined) continue;
      this.#known.delete(hash);
      this.#bytes -= known.dictionary.bytes.length;
    }
  }
}

function read(file: string): Buffer {
  const bytes = readFileSync(file);
  if (Dictionary.accepts(bytes)) return bytes;
  throw new TypeError(`dynamicCompression: ${file} is empty or a trained dictionary`);
}

function ruleOf({ match, matchDest = [], url }: DictionaryOptions): Rule {
  const kinds = matchDest.map((one) => `"${one}"`).join(' ');
  const useAsDictionary = `match="${match}"${kinds === '' ? '' : `, match-dest=(${kinds})`}`;
  return { matches: wildcard(match), useAsDictionary, url };
}

/** Without a regular expression: the path is the client's, and `*` may come often. */
function wildcard(pattern: string): (path: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (path) => path === pattern;
  return (path) => {
    if (!path.startsWith(first)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = path.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return path.length - last.length >= at && path.endsWith(last);
  };
}
