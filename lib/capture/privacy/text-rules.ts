import { types } from 'node:util';
import { disown } from '../../host/disown.js';

/**
 * Returns a text with `replacement` in place of each match, and the same text without a match. Synchronous. If it
 * throws, the event is rejected (`redact_error`).
 */
export type TextPattern = (text: string, replacement: string) => string;

/** Texts by what they say. Made of the application's patterns, whose own state is neither used nor changed. */
export class TextRules {
  readonly #patterns: readonly TextPattern[];

  /** @param replacement empty where finds are cut out */
  constructor(
    patterns: readonly (RegExp | TextPattern)[],
    private readonly replacement: string,
    private readonly maxLength: number,
  ) {
    this.#patterns = patterns.map(patternOf);
  }

  /** The very text where nothing in it is found; undefined where nothing of it may stay. Throws what a pattern throws. */
  clean(text: string): string | undefined {
    if (text.length > this.maxLength) return undefined;
    const cleaned = this.#replaced(text);
    if (cleaned === text) return text;
    // What stood on both sides of a find may be another one, now that they are side by side.
    return cleaned === '' || this.#replaced(cleaned) !== cleaned ? undefined : cleaned;
  }

  #replaced(text: string): string {
    let result = text;
    for (const pattern of this.#patterns) {
      const replaced: unknown = pattern(result, this.replacement);
      if (typeof replaced !== 'string') {
        disown(replaced);
        throw new TypeError('a pattern that returns no text');
      }
      result = replaced;
    }
    return result;
  }
}

function patternOf(pattern: RegExp | TextPattern): TextPattern {
  if (typeof pattern === 'function') return pattern;
  const some = stateless(pattern);
  const every = new RegExp(pattern.source, `${some.flags}g`);
  // Asking first costs a third, and nearly no text has any. By a function, because `$&` in a replacement would put back what
  // was found.
  return (text, replacement) => (some.test(text) ? text.replace(every, () => replacement) : text);
}

/** A copy without a memory, for asking whether a text matches anywhere. */
export function stateless(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
}

/** Whether a value is a pattern. One that matches the empty text matches everywhere, and is none. */
export function isPattern(value: unknown): value is RegExp {
  return types.isRegExp(value) && !stateless(value).test('');
}
