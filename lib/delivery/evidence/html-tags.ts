/** A start tag of a document. */
export interface StartTag {
  /** In lower case. */
  readonly name: string;
  /** By lower-case name, with character references decoded; the first of doubles counts. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Elements whose content is text to the parser (HTML, 13.2.5), or of another document. */
const textElements: ReadonlySet<string> = new Set(
  'script style textarea title noscript template iframe noembed noframes xmp'.split(' '),
);

/** What ends a name of a tag, a name of an attribute, a bare value; and what is not between them. */
const endOfTagName = /[\t\n\f\r />]/g;
const endOfAttributeName = /[\t\n\f\r />=]/g;
const endOfValue = /[\t\n\f\r >]/g;
const notSpace = /[^\t\n\f\r ]/g;
const notBetween = /[^\t\n\f\r /]/g;

/**
 * The start tags of the beginning of an HTML document, in order: those that a browser's preload
 * scanner would see. What is inside comments, scripts, styles, templates and `noscript` is none. A
 * tag that the text breaks off in is left out.
 */
export function* startTags(html: string): Generator<StartTag> {
  let at = 0;
  for (;;) {
    at = html.indexOf('<', at);
    if (at < 0) return;
    const next = html.charAt(at + 1);
    if (next === '!' || next === '?' || next === '/') {
      at = endOfOther(html, at);
      if (at < 0) return;
    } else if (/[a-z]/i.test(next)) {
      const reader = new TagReader(html, at + 1);
      const tag = reader.read();
      if (tag === undefined) return;
      yield tag;
      at = textElements.has(tag.name) ? endOfText(html, tag.name, reader.at) : reader.at;
      if (at < 0) return;
    } else at++;
  }
}

/** Behind a comment, a doctype, a bogus comment or an end tag; -1 if it has no end. */
function endOfOther(html: string, at: number): number {
  if (!html.startsWith('<!--', at)) return after(html, '>', at);
  // `<!-->` and `<!--->` are comments too.
  const short = /^<!---?>/.exec(html.slice(at, at + 6))?.[0];
  return short === undefined ? after(html, '-->', at + 4) : at + short.length;
}

/** Behind the text of an element, where its end tag begins. */
function endOfText(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'gi');
  end.lastIndex = from;
  return end.exec(html)?.index ?? -1;
}

function after(html: string, what: string, from: number): number {
  const at = html.indexOf(what, from);
  return at < 0 ? -1 : at + what.length;
}

/** Reads one start tag as HTML's tokenizer does (13.2.5.6 and following). */
class TagReader {
  /** Behind what was read. */
  at: number;
  readonly #html: string;

  /** @param at Where the name of the tag begins. */
  constructor(html: string, at: number) {
    this.#html = html;
    this.at = at;
  }

  read(): StartTag | undefined {
    const name = this.#until(endOfTagName).toLowerCase();
    const attributes = new Map<string, string>();
    for (;;) {
      this.#until(notBetween);
      if (this.at >= this.#html.length) return undefined;
      if (this.#here === '>') {
        this.at++;
        return { name, attributes };
      }
      const attribute = this.#attribute();
      if (attribute === undefined) return undefined;
      if (!attributes.has(attribute.name)) attributes.set(attribute.name, attribute.value);
    }
  }

  get #here(): string {
    return this.#html.charAt(this.at);
  }

  #attribute(): { name: string; value: string } | undefined {
    // A `=` in front belongs to the name.
    const first = this.#here;
    this.at++;
    const name = (first + this.#until(endOfAttributeName)).toLowerCase();
    this.#until(notSpace);
    if (this.#here !== '=') return { name, value: '' };
    this.at++;
    this.#until(notSpace);
    const value = this.#value();
    return value === undefined ? undefined : { name, value: decodeReferences(value) };
  }

  #value(): string | undefined {
    const quote = this.#here;
    if (quote !== '"' && quote !== "'") return this.#until(endOfValue);
    const end = this.#html.indexOf(quote, this.at + 1);
    if (end < 0) return undefined;
    const value = this.#html.slice(this.at + 1, end);
    this.at = end + 1;
    return value;
  }

  /** Reads up to what `end` finds, or to the end. */
  #until(end: RegExp): string {
    const from = this.at;
    end.lastIndex = from;
    this.at = end.exec(this.#html)?.index ?? this.#html.length;
    return this.#html.slice(from, this.at);
  }
}

/** The references that templates write; in attributes an unknown one stays as it is. */
const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (all, ...found) => {
      const [hex, decimal, name] = found as (string | undefined)[];
      if (name !== undefined) return named[name] ?? all;
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
