import type { TextPattern } from './privacy-options.js';

/** `@` as it is written, and as a URL writes it. */
const AT = /@|%40/gi;
/** What ends a local part on its left; an apostrophe does not, because of the O'Briens. */
const BEFORE_LOCAL = /[\s"<>()[\]{},;:=&?/\\|@]/;
/** Names with dots between them, of which the last one is letters only, or a coded international one. */
const DOMAIN = /\.*(?:[\p{L}\p{M}\p{N}_-]+\.)+(?:xn--[\p{L}\p{N}-]+|\p{L}[\p{L}\p{M}]+)/uy;

/**
 * E-mail addresses, also international ones and those in a URL (`ann%40example.com`). The domain has at least one dot; a
 * local part in quotes is not seen.
 */
export const emailAddresses: TextPattern = function emailAddresses(text, replacement) {
  if (!text.includes('@') && !text.includes('%40')) return text;
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

/** Digits, at most one space or hyphen between two, as many as the shortest card has. What follows a decimal point is none. */
const DIGITS = /\d(?<!\d\.?\d)(?:[ \u00a0\-\u2010\u2011\u2013]?\d){12,}/g;
const SOME_DIGITS = new RegExp(DIGITS.source);
const BETWEEN_GROUPS = /[^\d]/;
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

/**
 * Payment card numbers: 13 to 19 digits, together or in groups, that begin as a card's do and have its check digit (Luhn).
 * One in ten other numbers that begin so has it, too.
 */
export const paymentCardNumbers: TextPattern = function paymentCardNumbers(text, replacement) {
  if (text.length < SHORTEST_CARD || !SOME_DIGITS.test(text)) return text;
  return text.replace(DIGITS, (run) => withoutCards(run, replacement));
};

/** Other numbers may stand beside a card's (`2 4111 1111 1111 1111 12-27`): it begins and ends where a group does. */
function withoutCards(run: string, replacement: string): string {
  const groups = run.split(BETWEEN_GROUPS);
  let result = '';
  let done = 0;
  let at = 0;
  for (let first = 0; first < groups.length;) {
    const next = afterCard(groups, first);
    const length = groups.slice(first, next ?? first + 1).join(' ').length;
    if (next !== undefined) {
      result += run.slice(done, at) + replacement;
      done = at + length;
    }
    at += length + 1;
    first = next ?? first + 1;
  }
  return result + run.slice(done);
}

/** The group after the card that begins with group `first`, after the longest one where there are several. */
function afterCard(groups: readonly string[], first: number): number | undefined {
  let digits = '';
  let next: number | undefined;
  for (let i = first; i < groups.length && digits.length < LONGEST_CARD; i++) {
    digits += groups[i]!;
    if (digits.length >= SHORTEST_CARD && CARD.test(digits) && isLuhn(digits)) next = i + 1;
  }
  return next;
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}
