import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyedId, newId } from '../../lib/event/event-id.js';
import { isKeyed, type TrackingEvent } from '../../lib/event/tracking-event.js';

const NEW_YEAR = 1_767_225_600_000;

function isKeyedId(id: string): boolean {
  return isKeyed({ id } as TrackingEvent);
}

describe('a new id', () => {
  test('is a lowercase UUID of version 7', () => {
    for (let i = 0; i < 5_000; i++) {
      expect(newId(NEW_YEAR + i)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
  });

  test('begins with its time, as RFC 9562 has it', () => {
    // The example of the RFC's appendix: 2022-02-22T14:22:22-05:00.
    expect(newId(0x017f22e279b0).slice(0, 15)).toBe('017f22e2-79b0-7');
    expect(newId(NEW_YEAR + 0.75).slice(0, 13)).toBe(newId(NEW_YEAR).slice(0, 13));
    expect(newId(0).slice(0, 15)).toBe('00000000-0000-7');
  });

  test('sorts by time', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 47), fc.integer({ min: 1, max: 2 ** 46 }), (time, later) => {
        expect(newId(time) < newId(time + later)).toBe(true);
      }),
    );
  });

  test('is another one each time, a hundred thousand times within one millisecond', () => {
    const ids = new Set<string>();
    for (let i = 0; i < 100_000; i++) ids.add(newId(NEW_YEAR));
    expect(ids.size).toBe(100_000);
  });

  test('is random in all of its 74 bits', () => {
    let ever1 = 0n;
    let ever0 = 0n;
    for (let i = 0; i < 500; i++) {
      const bits = BigInt(`0x${newId(NEW_YEAR).replaceAll('-', '').slice(12)}`);
      ever1 |= bits;
      ever0 |= ~bits & ((1n << 80n) - 1n);
    }
    // 80 bits after the time, of which the version's four and the variant's two never change.
    expect((ever1 & ever0).toString(2).replaceAll('0', '')).toHaveLength(74);
  });

  test('is not taken for one of a key', () => {
    expect(isKeyedId(newId(NEW_YEAR))).toBe(false);
  });
});

describe('the id of a key', () => {
  test('is a lowercase UUID of version 5, and known for one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, key) => {
        const id = keyedId('namespace', 'track', name, key);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(isKeyedId(id)).toBe(true);
      }),
    );
  });

  test('is the same in every process and every version of this package', () => {
    expect(keyedId('acme', 'track', 'Order Completed', '1001')).toBe('a819574b-c642-501c-a4af-e41cd307bcb2');
    expect(keyedId('acme', 'track', 'Käse 🧀', 'ü')).toBe('0c489a96-40c1-5b5f-9bf8-f7557274ec89');
  });

  test('depends on each of its parts, and on where one ends and the next begins', () => {
    const parts = fc.tuple(
      ...(Array.from({ length: 4 }, () => fc.string({ maxLength: 4 })) as [
        fc.Arbitrary<string>,
        fc.Arbitrary<string>,
        fc.Arbitrary<string>,
        fc.Arbitrary<string>,
      ]),
    );
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = one.every((part, i) => part === other[i]);
        expect(keyedId(...one) === keyedId(...other)).toBe(same);
      }),
    );
    expect(keyedId('n', 'track', 'a', 'bc')).not.toBe(keyedId('n', 'track', 'ab', 'c'));
    expect(keyedId('n', 'track', '1:a', '')).not.toBe(keyedId('n', 'track', '', '1:a'));
    expect(keyedId('n', 'track', 'a1:b', 'c')).not.toBe(keyedId('n', 'track', 'a', '1:bc'));
  });

  test('gives texts without UTF-8 different ids', () => {
    const parts = [
      '\ud800',
      '\udbff',
      '\udc00',
      '\ufffd',
      '"\\ud800"',
      'u8:"\\ud800"',
      '\ud83e\uddc0',
      'a\ud83e',
    ];
    expect(new Set(parts.map((part) => keyedId('n', 'track', 'a', part))).size).toBe(parts.length);
  });
});
