import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { AgingMap } from '../../../lib/capture/idempotency/aging-map.js';
import { KeyWindow } from '../../../lib/capture/idempotency/key-window.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a map that ages', () => {
  test('behaves as one map whose first key is taken, whatever is deleted or set again in between', () => {
    const command = fc.record({
      do: fc.constantFrom('set', 'set', 'delete', 'take'),
      key: fc.integer({ min: 0, max: 7 }).map(String),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
        const map = new AgingMap<number>();
        const model = new Map<string, number>();
        commands.forEach(({ do: what, key }, n) => {
          if (what === 'set') {
            map.set(key, n);
            model.set(key, n);
          } else if (what === 'delete') {
            map.delete(key);
            model.delete(key);
          } else {
            const first = [...model.keys()][0];
            expect(map.takeOldest()).toBe(first);
            if (first !== undefined) model.delete(first);
          }
          expect(map.size).toBe(model.size);
          for (let k = 0; k < 8; k++) {
            expect(map.get(String(k))).toBe(model.get(String(k)));
            expect(map.has(String(k))).toBe(model.has(String(k)));
          }
        });
      }),
    );
  });
});

// A walk that begins at the front of a map steps over all that was deleted there: what makes a full window slow is to begin
// again for each key.
test('a window that is full begins a walk once in a generation, and not for each key', () => {
  const MAX_KEYS = 100;
  const GENERATIONS = 20;
  const walks = (['keys', 'values', 'entries', 'forEach', Symbol.iterator] as const).map((walk) =>
    jest.spyOn(Map.prototype, walk as 'keys'),
  );
  const begun = (): number => walks.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  const keys = new KeyWindow(MAX_KEYS, 1_000, () => 0);
  for (let n = 0; n < MAX_KEYS; n++) keys.recall(`earlier ${n}`, 1);
  const before = begun();
  for (let n = 0; n < MAX_KEYS * GENERATIONS; n++) keys.remember(`key ${n}`);
  expect(begun() - before).toBeGreaterThan(0);
  expect(begun() - before).toBeLessThanOrEqual(2 * GENERATIONS);
  expect(keys.has(`key ${MAX_KEYS * (GENERATIONS - 1) - 1}`)).toBe(false);
  expect(keys.has(`key ${MAX_KEYS * (GENERATIONS - 1)}`)).toBe(true);
});
