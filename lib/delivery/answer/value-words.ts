import type { HeldEvent } from '../../event/lane-event.js';
import { isMemberName } from '../../event/path-text.js';

/** Characters of values that are compared with an answer, on the application's thread: this takes 10 to 20 ms. */
const MAX_LOOKED_AT = 250_000;
/** Platforms truncate values that they repeat, so this number of letters of a word's beginning or end is enough. */
const MIN_PART = 3;
/** A word of an answer may contain a value of at least this number of letters, such as `adalovelace`. */
const MIN_WITHIN = 4;
const MAX_WITHIN = 24;
const WORDS = /[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}+/gu;
// eslint-disable-next-line no-control-regex -- it is all of ASCII
const ASCII = /^[\0-\x7f]*$/;

/** The words of an answer that are also in ids, properties or the context of events. The work is linear in their length. */
export class ValueWords {
  readonly #found = new Set<string>();
  /** The words of the answer, by parts of them. */
  readonly #byStart = new Map<string, Set<string>>();
  readonly #byEnd = new Map<string, Set<string>>();
  readonly #byWithin = new Map<string, Set<string>>();
  readonly #words = new Set<string>();
  #lookedAt = 0;

  private constructor(words: readonly string[]) {
    for (const given of words) {
      const word = folded(given);
      if (word.length > MAX_WITHIN || this.#words.has(word)) continue;
      this.#words.add(word);
      if (word.length < MIN_PART) continue;
      add(this.#byStart, word.slice(0, MIN_PART), word);
      add(this.#byEnd, word.slice(-MIN_PART), word);
      for (let from = 0; from + MIN_WITHIN <= word.length; from++)
        for (let to = from + MIN_WITHIN; to <= word.length; to++)
          add(this.#byWithin, word.slice(from, to), word);
    }
  }

  /** @param words of an answer. Returns undefined if the events have more values than can be looked at */
  static of(events: readonly HeldEvent[], words: readonly string[]): ValueWords | undefined {
    const values = new ValueWords(words);
    for (const { event, entry } of events) {
      const { userId, anonymousId, groups, groupId, previousId, properties, context } = event;
      values.#look([userId, anonymousId, groups, groupId, previousId, properties, context, entry]);
      if (values.#lookedAt > MAX_LOOKED_AT) return undefined;
    }
    return values;
  }

  has(word: string): boolean {
    return this.#found.has(folded(word));
  }

  #look(value: unknown): void {
    if (this.#lookedAt > MAX_LOOKED_AT) return;
    if (typeof value === 'string') this.#lookAt(value);
    else if (Array.isArray(value)) for (const member of value) this.#look(member);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        // Names of a schema are not values, but a record may have an address as a name.
        if (!isMemberName(name)) this.#lookAt(name);
        this.#look(member);
      }
    }
  }

  #lookAt(text: string): void {
    this.#lookedAt += text.length;
    if (this.#lookedAt > MAX_LOOKED_AT) return;
    for (const word of folded(text).match(WORDS) ?? []) this.#compare(word);
  }

  #compare(value: string): void {
    if (this.#words.has(value)) this.#found.add(value);
    if (value.length <= MIN_PART) return;
    for (const word of this.#byStart.get(value.slice(0, MIN_PART)) ?? [])
      if (value.startsWith(word)) this.#found.add(word);
    for (const word of this.#byEnd.get(value.slice(-MIN_PART)) ?? [])
      if (value.endsWith(word)) this.#found.add(word);
    if (value.length > MAX_WITHIN) return;
    for (const word of this.#byWithin.get(value) ?? []) this.#found.add(word);
  }
}

function add(map: Map<string, Set<string>>, part: string, word: string): void {
  const words = map.get(part);
  if (words === undefined) map.set(part, new Set([word]));
  else words.add(word);
}

/** Normalised: without letter case, accents and composition. */
function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').replace(MARKS, '').toUpperCase().toLowerCase();
}
