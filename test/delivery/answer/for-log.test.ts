import { describe, expect, test } from '@jest/globals';
import { answerForLog } from '../../../lib/delivery/answer/for-log.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent } from '../../support/an-event.js';

const shown = (kept: string, given: Partial<TrackingEvent> = {}): string =>
  answerForLog(kept, [{ event: anEvent({ properties: {}, ...given }) }]);

describe('of a kept answer a log line has', () => {
  test.each([
    '400',
    '422 invalid_email (properties.email)',
    '502: text/html, 1834 bytes',
    '502: at least 1834 bytes',
    'ECONNRESET',
  ])('all of %s, in which no value can be', (kept) => {
    expect(shown(kept, { userId: 'text', properties: { unit: 'bytes' } })).toBe(kept);
  });

  test('the words of the message', () => {
    expect(shown('400: The property plan is missing.')).toBe('400: The property plan is missing');
  });

  test.each<[string, Partial<TrackingEvent>, string]>([
    ['no user ada@shop.example', { userId: 'ada@shop.example' }, 'no user ***@***.***'],
    ['No Such ADA', { anonymousId: 'ada' }, 'No Such ***'],
    ['no such group acme', { type: 'group', groupId: 'acme' }, 'no such group ***'],
    ['no alias of Bob', { type: 'alias', previousId: 'bob' }, 'no alias of ***'],
    ['bad domain shop.example', { properties: { email: 'ada@shop.example' } }, 'bad domain ***.***'],
    ['bad name Lovel...', { properties: { who: [{ name: 'Ada Lovelace' }] } }, 'bad name ***'],
    ['not from Größenwahn', { context: { page: { title: 'größenwahn' } } }, 'not from ***'],
  ])('without values of the event: %s', (message, given, logged) => {
    expect(shown(`400 bad: ${message}`, given)).toBe(`400 bad: ${logged}`);
  });

  test.each([
    ['percent-encoded', 'J%C3%BCrgen'],
    ['with names of HTML', 'J&uuml;rgen'],
    ['with escapes of JSON', 'J\\u00fcrgen'],
    ['decomposed', 'Ju\u0308rgen'],
    ['without accents', 'JURGEN'],
    ['joined with others', 'jurgenschmidt'],
    ['truncated at its beginning', '…rgen'],
  ])('without a value that the platform writes %s', (_, written) => {
    const given = { properties: { name: 'Jürgen Schmidt' } };
    expect(shown(`400: ${written} is unknown`, given)).toMatch(/^400: (…|\*\*\*)+ is unknown$/);
  });

  test('without members that are named as only a value is', () => {
    const given = { properties: { shares: { 'ada@shop.example': 1 }, currency: 1 } };
    expect(shown('400: ada has no currency', given)).toBe('400: *** has no currency');
  });

  // Comparing each beginning of such a word took many seconds, on the application's thread.
  test('also of an event with one very long word', () => {
    const given = { properties: { image: 'ab'.repeat(100_000), more: 'no' } };
    expect(shown('400: abab is no image', given)).toBe('400: *** is *** image');
  });

  test('only the status, if there are too many values to compare', () => {
    expect(shown('400 bad: ada is unknown', { properties: { text: 'word '.repeat(100_000) } })).toBe(
      '400 bad',
    );
  });

  test('no line break, in any form', () => {
    expect(shown('400: one%0Atwo\\nthree')).toBe('400: one two three');
  });

  test('no value in another form', () => {
    const digest = '0cc175b9c0f1b6a831c399e269772661';
    const base64 = 'YWRhbHZlbGFjZWFkYWx2ZWxhY2VhZGFs';
    expect(shown(`400: amount 12.50, hash ${digest}, key ${base64}`)).toBe(
      '400: amount ***.***, hash ***, key ***',
    );
  });

  test('without values of any event of the request', () => {
    const events = ['ada', 'bob'].map((userId) => ({ event: anEvent({ userId }) }));
    expect(answerForLog('400: ada and bob are unknown', events)).toBe('400: *** and *** are unknown');
  });

  test('at most 200 characters of the message', () => {
    expect(shown(`400: ${'no '.repeat(300)}`).length).toBeLessThanOrEqual(205);
  });
});
