import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emailAddresses, paymentCardNumbers } from '../../../lib/capture/privacy/text-patterns.js';

const without = (text: string): string => emailAddresses(text, '#');
const withoutCards = (text: string): string => paymentCardNumbers(text, '#');

describe('e-mail addresses', () => {
  test.each([
    ['ann@example.com', '#'],
    ['Write to ann.lee+shop@mail.example.co.uk.', 'Write to #.'],
    ['<ann@example.com>, "bob@example.com"; mailto:eve@example.com', '<#>, "#"; mailto:#'],
    ["o'brien@example.com", '#'],
    ['/reset?email=ann%40example.com&next=/', '/reset?email=#&next=/'],
    ['ann@example.com-deleted-2026', '#-deleted-2026'],
    ['ann@example.com2', '#2'],
    ['üte@exämple.de', '#'],
    ['ann@xn--exmple-cua.de', '#'],
    ['ann@例え.テスト', '#'],
    ['me@ann@example.com', 'me@#'],
    ['a%40b%40c.com', 'a%40#'],
    ['ann@..example.com', '#'],
    ['ANN@EXAMPLE.COM', '#'],
    ['ann@example.com,bob@example.com', '#,#'],
    ['ann\uff20example.com', '#'],
    ['ann@example\u3002com', '#'],
    ['?next=%3Fmail%3D&to=ann%2540example.com', '?next=%3Fmail%3D&to=#'],
  ])('are found in %j', (text, left) => {
    expect(without(text)).toBe(left);
  });

  test.each([
    '',
    '@ann',
    'ann@localhost',
    'lodash@4.17.21',
    '3 @ 1.50',
    'a@b',
    '@example.com',
    'no at all, example.com',
    '100%40.50',
    '"ann lee"@',
  ])('are not found in %j', (text) => {
    expect(without(text)).toBe(text);
  });

  test('are found in any text around them', () => {
    const local = fc.stringMatching(/^[\w.+'~!#$%-]{1,20}$/);
    const address = fc
      .tuple(local, fc.domain({ size: 'small' }))
      .map(([name, domain]) => `${name}@${domain}`);
    const around = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(around, address, around, (before, mail, after) => {
        expect(without(`${before} ${mail} ${after}`)).not.toContain(mail);
      }),
    );
  });

  test('take no longer where a text is made to be hard', () => {
    const hard = ['@', '%40', 'a@', 'a%40', 'a.', 'a@a.', 'a', '1.', 'a@1.'];
    for (const part of hard) {
      const text = part.repeat(100_000 / part.length);
      expect(without(`${text} x@example.com`)).toContain('#');
    }
  });
});

/** Test numbers that the brands publish. */
const CARDS = [
  '4111111111111111',
  '4222222222222',
  '4988438843884305',
  '5555555555554444',
  '2223003122003222',
  '378282246310005',
  '6011111111111117',
  '36227206271667',
  '3530111333300000',
  '6205500000000000004',
  '6759649826438453',
  '2200770212727079',
];

/** Groups of four, as they are printed. */
const printed = (card: string, between: string): string => card.replace(/(\d{4})(?=\d)/g, `$1${between}`);

describe('payment card numbers', () => {
  test.each(CARDS)('%s is one, also in groups', (card) => {
    for (const between of ['', ' ', '-', '\u00a0', '\u2011', '\t', '\u2009', '+', '%20']) {
      expect(withoutCards(printed(card, between))).toBe('#');
      expect(withoutCards(`pay ${printed(card, between)}, thanks`)).toBe('pay #, thanks');
      expect(withoutCards(`2 x ${printed(card, between)} 12-27 123`)).toBe('2 x # 12-27 123');
      expect(withoutCards(`12 ${printed(card, between)} ${printed(card, between)}`)).toBe('12 # #');
    }
    expect(withoutCards(`card=${card}&cvc=1`)).toBe('card=#&cvc=1');
    expect(withoutCards(`a${card}b`)).toBe('a#b');
  });

  test('are found between dots, at full width and after a coded space', () => {
    expect(withoutCards('4111.1111.1111.1111')).toBe('#');
    expect(withoutCards('\uff14111111111111111')).toBe('#');
    expect(withoutCards('card=%204111111111111111')).toBe('card=%20#');
  });

  test('are looked for in time that grows with the text alone', () => {
    let looked = 0;
    const counting = (text: string): string => {
      // eslint-disable-next-line typescript/unbound-method -- called with its own text
      const original = String.prototype.charCodeAt;
      String.prototype.charCodeAt = function (this: string, at: number) {
        looked++;
        return original.call(this, at);
      };
      try {
        return paymentCardNumbers(text, '#');
      } finally {
        String.prototype.charCodeAt = original;
      }
    };
    counting('4 '.repeat(5_000));
    expect(looked).toBeLessThanOrEqual(10_000);
  });

  test('a single wrong digit makes it another number', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CARDS),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (card, where, more) => {
          const at = where % card.length;
          const wrong = card.slice(0, at) + ((Number(card[at]) + more) % 10) + card.slice(at + 1);
          expect(withoutCards(wrong)).toBe(wrong);
        },
      ),
    );
  });

  test.each([
    ['a number without a check digit', '4111111111111112'],
    ['one that begins like none', '1111111111111117'],
    ['one that is too short', '411111111111'],
    ['one that is too long', '41111111111111111111'],
    ['a time in milliseconds', '1767225600000'],
    ['what follows a decimal point', '0.4111111111111111'],
    ['a fraction that begins like one', '4111.111111111111'],
    ['a date and a time', '2026-11-23 18:00:00.000'],
  ])('%s is none', (_, text) => {
    expect(withoutCards(text)).toBe(text);
  });

  test('take no longer where a text is made to be hard', () => {
    for (const part of ['4', '4 ', '4-', '41111 ', '1234567890123 ', '411111111111 x']) {
      const text = part.repeat(100_000 / part.length);
      expect(withoutCards(`${text}, 4111111111111111`)).toMatch(/, #$/);
    }
  });
});
