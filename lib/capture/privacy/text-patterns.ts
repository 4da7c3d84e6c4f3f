import type { TextPattern } from './text-rules.js';

/** `@` as it is written, also at full width, and as a URL writes it, also one within another. */
const AT = /[@\uff20]|%(?:25)?40/g;
const SOME_AT = new RegExp(AT.source);
/** The character before a local part. Not an apostrophe, because a local part may be o'brien. */
const BEFORE_LOCAL = /[\s"<>()[\]{},;:=&?/\\|@\uff20]/;
/** Names with dots between them, of which the last one is letters only, or a coded international one. */
const DOMAIN =
  /[.\u3002\uff0e\uff61]*(?:[\p{L}\p{M}\p{N}_-]+[.\u3002\uff0e\uff61])+(?:xn--[\p{L}\p{N}-]+|\p{L}[\p{L}\p{M}]+)/uy;

/**
 * Finds e-mail addresses, including international ones and those in a URL (`ann%40example.com`). The domain must have a
 * dot; a quoted local part is not found.
 */
export const emailAddresses: TextPattern = function emailAddresses(text, replacement) {
  if (!SOME_AT.test(text)) return text;
  let result = '';
  let done = 0;
  let floor = 0;
  // Around each `@`, and not by one pattern: that would take the square of the length of a text that has none.
  for (const { index, 0: at } of text.matchAll(AT)) {
    let start = index;
    while (start > floor && !BEFORE_LOCAL.test(text[start - 1]!)) start--;
    floor = index + at.length;
    DOMAIN.lastIndex = floor;
    const domain = start === index ? null : DOMAIN.exec(text);
    if (domain === null) continue;
    result += text.slice(done, start) + replacement;
    done = floor + domain[0].length;
    floor = done;
  }
  return result + text.slice(done);
};

/**
 * Whether cards begin so and are so long: Visa; Mastercard; American Express; Diners Club; JCB; Discover, UnionPay and Maestro;
 * Mir. By arithmetic, because it is asked wherever a text of digits could begin a card.
 *
 * @param first the first four digits
 */
function isOfBrand(first: number, count: number): boolean {
  const two = Math.trunc(first / 100);
  if (two >= 40 && two <= 49) return count === 13 || count === 16 || count === 19;
  if ((two >= 51 && two <= 55) || (first >= 2221 && first <= 2720)) return count === 16;
  if (two === 34 || two === 37) return count === 15;
  if ((first >= 3000 && first <= 3059) || two === 36 || two === 38 || two === 39) return count >= 14;
  if ((first >= 3528 && first <= 3589) || (first >= 2200 && first <= 2204)) return count >= 16;
  return two === 50 || (two >= 56 && two <= 58) || (two >= 60 && two <= 69);
}

const SHORTEST_CARD = 13;
const LONGEST_CARD = 19;

const SOME_DIGIT = /[\d\uff10-\uff19]/;
/** One separator between two groups: a space, `+` (a space in a form), or a hyphen. A dot, too, which is a class of its own. */
const SEPARATOR = /[\s+\-\u2010-\u2013\u2212]/;
/** The results of {@link SEPARATOR} for ASCII. */
const SEPARATES = Array.from({ length: 128 }, (_, code) => SEPARATOR.test(String.fromCharCode(code)));
/** A space in a URL. */
const CODED_SPACE = '%20';
const PERCENT = 0x25;
const POINT = 0x2e;

/** The class of a character that is not a digit. */
const OTHER = -1;
const SPACE = -2;
const DOT = -3;
/** The first of `%20`. */
const CODED = -4;

/**
 * Finds payment card numbers: 13 to 19 digits, in one piece or in groups separated by a space, tab, hyphen, dot, `+` or
 * `%20`, with a card's first digits and a valid check digit (Luhn). One in ten other numbers with such first digits
 * matches, too.
 */
export const paymentCardNumbers: TextPattern = function paymentCardNumbers(text, replacement) {
  if (text.length < SHORTEST_CARD || !SOME_DIGIT.test(text)) return text;
  const kinds = kindsOf(text);
  if (kinds === undefined) return text;
  let result = '';
  let done = 0;
  // Other numbers may stand beside a card's (`2 4111 1111 1111 1111 12-27`): it begins and ends where a group does.
  for (let at = 0; at < kinds.length;) {
    const first = kinds[at]!;
    if (first < 0) {
      at += first === CODED ? CODED_SPACE.length : 1;
      continue;
    }
    const isFraction = kinds[at - 1] === DOT && (kinds[at - 2] ?? OTHER) >= 0;
    const end = first < 2 || first > 6 || isFraction ? undefined : afterCard(kinds, at);
    if (end !== undefined) {
      result += text.slice(done, at) + replacement;
      done = at = end;
    } else while ((kinds[at] ?? OTHER) >= 0) at++;
  }
  return result + text.slice(done);
};

/** The class of each character; undefined if there are too few digits for a card. Each character is read once. */
function kindsOf(text: string): Int8Array | undefined {
  const kinds = new Int8Array(text.length);
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const kind = kindOf(text, at);
    kinds[at] = kind;
    if (kind >= 0) digits++;
    else if (kind === CODED) {
      // Its two digits are none of a number's.
      kinds.fill(OTHER, at + 1, at + CODED_SPACE.length);
      at += CODED_SPACE.length - 1;
    }
  }
  return digits < SHORTEST_CARD ? undefined : kinds;
}

/** Digits also at full width. */
function kindOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0xff10 && code <= 0xff19) return code - 0xff10;
  if (code === POINT) return DOT;
  if (code === PERCENT) return text.startsWith(CODED_SPACE, at) ? CODED : OTHER;
  return (SEPARATES[code] ?? SEPARATOR.test(String.fromCharCode(code))) ? SPACE : OTHER;
}

/**
 * The end of the longest card number that begins here. It reads at most a card's digits, and adds them up as it reads, so that a
 * text of digits takes hardly longer than another.
 */
function afterCard(kinds: Int8Array, start: number): number | undefined {
  let count = 0;
  let dots = 0;
  let end: number | undefined;
  let first = 0;
  // Luhn doubles every other digit, counted from the last one: which ones depends on where the card ends.
  let evenDoubled = 0;
  let oddDoubled = 0;
  for (let at = start; ;) {
    for (let digit = kinds[at]!; digit >= 0; digit = kinds[++at] ?? OTHER) {
      if (count === LONGEST_CARD) return end;
      if (count < 4) first = first * 10 + digit;
      const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
      evenDoubled += count % 2 === 0 ? doubled : digit;
      oddDoubled += count % 2 === 0 ? digit : doubled;
      count++;
    }
    const isLuhn = (count % 2 === 0 ? evenDoubled : oddDoubled) % 10 === 0;
    // A single dot is a decimal point.
    if (count >= SHORTEST_CARD && isLuhn && dots !== 1 && isOfBrand(first, count)) end = at;
    const kind = kinds[at] ?? OTHER;
    const width = kind === CODED ? CODED_SPACE.length : 1;
    if (kind === OTHER || (kinds[at + width] ?? OTHER) < 0) return end;
    if (kind === DOT) dots++;
    at += width;
  }
}
