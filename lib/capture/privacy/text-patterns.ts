import type { TextPattern } from './privacy-options.js';

/** What ends a local part on its left; an apostrophe does not, because of the O'Briens. */
const BEFORE_LOCAL = /[\s"<>()[\]{},;:=&?/\\|@]/;
const IN_DOMAIN = /[\p{L}\p{N}.-]/u;
/** `@` as it is written, and as a URL writes it. */
const AT = /@|%40/gi;

/**
 * E-mail addresses, also international ones, and those in a URL (`ann%40example.com`). A domain has at least one dot; an
 * address whose local part is in quotes is not seen.
 */
export const emailAddresses: TextPattern = function emailAddresses(text, replacement) {
  if (!text.includes('@') && !text.includes('%40')) return text;
  let result = '';
  let done = 0;
  // Around each `@` and not by one pattern, which would take the square of the length of a text without any.
  for (const { index, 0: at } of text.matchAll(AT)) {
    let start = index;
    while (start > done && !BEFORE_LOCAL.test(text[start - 1]!)) start--;
    let end = index + at.length;
    while (end < text.length && IN_DOMAIN.test(String.fromCodePoint(text.codePointAt(end)!))) {
      end += text.codePointAt(end)! > 0xffff ? 2 : 1;
    }
    const domain = text.slice(index + at.length, end).replace(/^\.+|[.-]+$/g, '');
    if (start === index || !/[^.]\.[^.]/.test(domain)) continue;
    const stop = text.indexOf(domain, index + at.length) + domain.length;
    result += text.slice(done, start) + replacement;
    done = stop;
  }
  return result + text.slice(done);
};

/** Digits with single spaces or hyphens between them, as many as the shortest card number has at least. */
const DIGITS = /\d(?:[ -]?\d){12,}/g;
/** By their first digits and length: Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, Maestro, Mir. */
const CARD =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|22\d|4[4-9]\d|5\d\d)\d{12,15}|3(?:0[0-5]|[689]\d)\d{11,16}|35(?:2[89]|[3-8]\d)\d{12,15}|62\d{14,17}|(?:5[0678]|6\d)\d{11,17}|220[0-4]\d{12,15})$/;
const SHORTEST_CARD = 13;
const LONGEST_CARD = 19;

/**
 * Payment card numbers: 13 to 19 digits, together or in groups, that begin as a card's do and whose check digit is right
 * (Luhn). One in ten other numbers that begin so has a right check digit, too.
 */
export const paymentCardNumbers: TextPattern = function paymentCardNumbers(text, replacement) {
  if (text.length < SHORTEST_CARD) return text;
  return text.replace(DIGITS, (run) => withoutCards(run, replacement));
};

/** A card may stand beside other numbers (`2 x 4111 1111 1111 1111 12/27`): it begins and ends where a group does. */
function withoutCards(run: string, replacement: string): string {
  const groups = run.split(/[ -]/);
  let result = '';
  let done = 0;
  let at = 0;
  for (let first = 0; first < groups.length; first++) {
    const last = lastOfCard(groups, first);
    if (last === undefined) {
      at += groups[first]!.length + 1;
      continue;
    }
    const length = groups.slice(first, last + 1).join(' ').length;
    result += run.slice(done, at) + replacement;
    done = at + length;
    at = done + 1;
    first = last;
  }
  return result + run.slice(done);
}

/** Which group ends the card that begins with group `first`; the longest one, where several could be. */
function lastOfCard(groups: readonly string[], first: number): number | undefined {
  let digits = '';
  let found: number | undefined;
  for (let last = first; last < groups.length; last++) {
    digits += groups[last]!;
    if (digits.length > LONGEST_CARD) break;
    if (digits.length >= SHORTEST_CARD && CARD.test(digits) && isLuhn(digits)) found = last;
  }
  return found;
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}
