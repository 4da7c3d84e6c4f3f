import { types } from 'node:util';
import { disown } from '../../host/disown.js';

/**
 * Returns a text with `replacement` in place of each match, and the same text without a match. Synchronous. If it
 * throws, the event is rejected (`redact_error`).
 */
export type TextPattern = (text: string, replacement: string) => string;

/** Removes parts of texts by patterns. The state of the application's patterns is neither used nor changed. */
export class TextRules {
  readonly #patterns: readonly TextPattern[];

  /** @param replacement empty to cut matches out */
  constructor(
    patterns: readonly (RegExp | TextPattern)[],
    private readonly replacement: string,
    private readonly maxLength: number,
  ) {
    this.#patterns = patterns.map(patternOf);
  }

  /** The same text without a match; undefined if the whole text must be removed. Throws what a pattern throws. */
  clean(text: string): string | undefined {
    if (text.length > this.maxLength) return undefined;
    const cleaned = this.#replaced(text);
    if (cleaned === text) return text;
    // The text on both sides of a match may form another match.
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
  // `test` first, because it costs a third, and most texts do not match. A function, because `$&` would insert the match again.
  return (text, replacement) => (some.test(text) ? text.replace(every, () => replacement) : text);
}

/** A copy without state, for `test`. */
export function stateless(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
}

/** Whether a value is a pattern. One that matches the empty text would match everywhere, and is not valid. */
export function isPattern(value: unknown): value is RegExp {
  return types.isRegExp(value) && !stateless(value).test('');
}
