import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clientId, clientText, MAX_CLIENT_ID } from '../../lib/event/client-text.js';

describe('clientText()', () => {
  test.each([
    ['', undefined],
    ['   ', undefined],
    ['\u0000\n', undefined],
    [' ada ', 'ada'],
    ['a\u0000d\na', 'ada'],
    ['ad\u0085', 'ad'],
    ['ünï-×', 'ünï-×'],
    ['123456', '12345'],
    ['1234😀', '1234'],
    [7, undefined],
    [['ada'], undefined],
    [null, undefined],
  ])('keeps of %j what may be kept', (value, kept) => {
    expect(clientText(value, 5)).toBe(kept);
  });

  test('holds its bound, and neither control characters nor halves of characters, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.nat(20), (text, max) => {
        const kept = clientText(text, max) ?? '-';
        expect(kept.length).toBeLessThanOrEqual(Math.max(max, 1));
        expect(kept).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(clientText(kept, Math.max(max, 1))).toBe(kept);
      }),
    );
  });
});

describe('clientId()', () => {
  test.each(['undefined', 'null', 'NaN', '[object Object]', '[object Promise]', ' null '])(
    'takes %s for no id',
    (nothing) => {
      expect(clientId(nothing)).toBeUndefined();
    },
  );

  test.each(['Null', 'NULL', 'Undefined', 'nullable', 'undefined-1', '[object]'])(
    'takes %s for an id',
    (id) => {
      expect(clientId(id)).toBe(id);
    },
  );

  test('cuts at 1,000 characters', () => {
    expect(clientId('x'.repeat(5_000))).toBe('x'.repeat(MAX_CLIENT_ID));
    expect(MAX_CLIENT_ID).toBe(1_000);
  });
});
