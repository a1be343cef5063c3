/**
 * A member's value: integers and booleans as themselves. Everything else that is well-formed
 * (decimals, strings, inner lists, …) is `undefined`: checked, but of no use here.
 */
export type MemberValue = number | boolean | undefined;

/**
 * Parses a structured-field dictionary (RFC 9651 section 4.2.2).
 *
 * @returns `undefined` when the field is malformed; then all of it must be ignored.
 */
export function parseDictionary(field: string): ReadonlyMap<string, MemberValue> | undefined {
  return new DictionaryReader(field).read();
}

/**
 * One sticky pattern per production, so that reading stays linear. Order matters: a decimal begins
 * like an integer.
 */
const key = /[a-z*][a-z0-9_\-.*]*/y;
const integer = /-?\d{1,15}(?![\d.])/y;
const boolean = /\?[01]/y;
const otherItem = new RegExp(
  [
    String.raw`-?\d{1,12}\.\d{1,3}(?![\d.])`, // decimal
    String.raw`@-?\d{1,15}(?![\d.])`, // date
    String.raw`"(?:[ !#-\[\]-~]|\\["\\])*"`, // string
    String.raw`%"(?:[ !#$&-~]|%[0-9a-f]{2})*"`, // display string
    String.raw`:[A-Za-z0-9+/]*={0,2}:`, // byte sequence
    String.raw`[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_\x60|~:/]*`, // token
  ].join('|'),
  'y',
);
const spaces = / */y;
const blanks = /[ \t]*/y;

/** Thrown and caught in this file only. */
const malformed = new Error('malformed structured field');

class DictionaryReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ReadonlyMap<string, MemberValue> | undefined {
    try {
      return this.#dictionary();
    } catch (error) {
      if (error === malformed) return undefined;
      throw error;
    }
  }

  #dictionary(): Map<string, MemberValue> {
    const members = new Map<string, MemberValue>();
    this.#take(spaces);
    while (this.#at < this.#text.length) {
      const name = this.#need(key);
      members.set(name, this.#skip('=') ? this.#itemOrList() : true);
      this.#parameters();
      this.#take(blanks);
      if (this.#at === this.#text.length) break;
      if (!this.#skip(',')) throw malformed;
      this.#take(blanks);
      // A comma promises another member.
      if (this.#at === this.#text.length) throw malformed;
    }
    return members;
  }

  #itemOrList(): MemberValue {
    if (!this.#skip('(')) return this.#bareItem();
    for (;;) {
      const before = this.#at;
      this.#take(spaces);
      if (this.#skip(')')) return undefined;
      if (before === this.#at && this.#text[before - 1] !== '(') throw malformed;
      this.#bareItem();
      this.#parameters();
    }
  }

  #parameters(): void {
    while (this.#skip(';')) {
      this.#take(spaces);
      this.#need(key);
      if (this.#skip('=')) this.#bareItem();
    }
  }

  #bareItem(): MemberValue {
    const digits = this.#take(integer);
    if (digits !== undefined) return Number(digits) + 0; // -0 becomes 0
    const truth = this.#take(boolean);
    if (truth !== undefined) return truth === '?1';
    this.#need(otherItem);
    return undefined;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #need(pattern: RegExp): string {
    const taken = this.#take(pattern);
    if (taken === undefined) throw malformed;
    return taken;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0];
    this.#at += taken?.length ?? 0;
    return taken;
  }
}
