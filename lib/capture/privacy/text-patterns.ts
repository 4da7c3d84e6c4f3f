import type { TextPattern } from './privacy-options.js';

/** `@` as it is written, also at full width, and as a URL writes it, also one within another. */
const AT = /[@\uff20]|%(?:25)?40/g;
const SOME_AT = new RegExp(AT.source);
/** What ends a local part on its left; an apostrophe does not, because of the O'Briens. */
const BEFORE_LOCAL = /[\s"<>()[\]{},;:=&?/\\|@\uff20]/;
/** Names with dots between them, of which the last one is letters only, or a coded international one. */
const DOMAIN =
  /[.\u3002\uff0e\uff61]*(?:[\p{L}\p{M}\p{N}_-]+[.\u3002\uff0e\uff61])+(?:xn--[\p{L}\p{N}-]+|\p{L}[\p{L}\p{M}]+)/uy;

/**
 * E-mail addresses, also international ones and those in a URL (`ann%40example.com`). The domain has at least one dot; a
 * local part in quotes is not seen.
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

/** First digits and length: Visa; Mastercard; American Express; Diners Club; JCB; Discover, UnionPay and Maestro; Mir. */
const CARD = new RegExp(
  [
    '^4(?:\\d{12}|\\d{15}|\\d{18})$',
    '^(?:5[1-5]\\d\\d|222[1-9]|22[3-9]\\d|2[3-6]\\d\\d|27[01]\\d|2720)\\d{12}$',
    '^3[47]\\d{13}$',
    '^3(?:0[0-5]|[689]\\d)\\d{11,16}$',
    '^35(?:2[89]|[3-8]\\d)\\d{12,15}$',
    '^(?:5[0678]|6\\d)\\d{11,17}$',
    '^220[0-4]\\d{12,15}$',
  ].join('|'),
);
const SHORTEST_CARD = 13;
const LONGEST_CARD = 19;

const SOME_DIGIT = /[\d\uff10-\uff19]/;
/** One of them, between two groups: spaces, `+` as a form writes one, hyphens, dots. */
const SEPARATOR = /[\s+\-\u2010-\u2013\u2212.]/;
/** As a URL writes a space. */
const CODED_SPACE = '%20';

/**
 * Payment card numbers: 13 to 19 digits, together or in groups with one space, tab, hyphen, dot, `+` or `%20` between two, that
 * begin as a card's do and have its check digit (Luhn). One in ten other numbers that begin so has it, too.
 */
export const paymentCardNumbers: TextPattern = function paymentCardNumbers(text, replacement) {
  if (text.length < SHORTEST_CARD || !SOME_DIGIT.test(text)) return text;
  let result = '';
  let done = 0;
  // Other numbers may stand beside a card's (`2 4111 1111 1111 1111 12-27`): it begins and ends where a group does.
  for (let at = 0; at < text.length;) {
    const first = digitAt(text, at);
    if (first < 0) {
      at += text.startsWith(CODED_SPACE, at) ? CODED_SPACE.length : 1;
      continue;
    }
    const end = first < 2 || first > 6 || isFraction(text, at) ? undefined : afterCard(text, at);
    if (end !== undefined) {
      result += text.slice(done, at) + replacement;
      done = at = end;
    } else while (digitAt(text, at) >= 0) at++;
  }
  return result + text.slice(done);
};

/**
 * Where the card ends that begins here, the longest one where there are several. Looks at no more than a card's digits, and sums
 * them up as they come, so that a text of nothing but digits takes hardly longer than another.
 */
function afterCard(text: string, start: number): number | undefined {
  let count = 0;
  let dots = 0;
  let end: number | undefined;
  // Luhn doubles every other digit, counted from the last one: which ones depends on where the card ends.
  let evenDoubled = 0;
  let oddDoubled = 0;
  for (let at = start; ;) {
    for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, ++at)) {
      if (count === LONGEST_CARD) return end;
      const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
      evenDoubled += count % 2 === 0 ? doubled : digit;
      oddDoubled += count % 2 === 0 ? digit : doubled;
      count++;
    }
    const isLuhn = (count % 2 === 0 ? evenDoubled : oddDoubled) % 10 === 0;
    // A single dot is a decimal point.
    if (count >= SHORTEST_CARD && isLuhn && dots !== 1 && CARD.test(digitsOf(text, start, at))) end = at;
    const width = text.startsWith(CODED_SPACE, at) ? CODED_SPACE.length : 1;
    if (digitAt(text, at + width) < 0 || (width === 1 && !SEPARATOR.test(text[at]!))) return end;
    if (text[at] === '.') dots++;
    at += width;
  }
}

function digitsOf(text: string, start: number, end: number): string {
  let digits = '';
  for (let at = start; at < end; at++) {
    if (text.startsWith(CODED_SPACE, at)) at += CODED_SPACE.length - 1;
    else if (digitAt(text, at) >= 0) digits += digitAt(text, at);
  }
  return digits;
}

/** Also at full width; -1 for everything else. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0xff10 && code <= 0xff19 ? code - 0xff10 : -1;
}

function isFraction(text: string, at: number): boolean {
  return text[at - 1] === '.' && digitAt(text, at - 2) >= 0;
}
