import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import type { EventParts } from '../../../lib/capture/made-event.js';
import { PersonSampling } from '../../../lib/capture/privacy/person-sampling.js';
import { expectAccounted } from '../../support/accounting.js';
import { anEvent } from '../../support/an-event.js';
import { ANN, tracking } from '../../support/tracking.js';

const PARTS = {
  name: 'Signed Up',
  timestamp: 0,
  properties: { value: {}, size: 2 },
} as unknown as EventParts;
const isIn = (who: EventParts['who'], share: number, event = anEvent()): boolean =>
  new PersonSampling(share).refusal({ ...PARTS, who }, () => event) === undefined;

const anId = fc.string({ minLength: 1, unit: 'binary' });
const aShare = fc.double({ min: 0, max: 1, noNaN: true });

/** Identities whose own order says nothing: numbered, as databases do. */
const people = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `user-${from + n}`);

describe('a sample of people', () => {
  test('contains a person in every process, by the id alone', () => {
    fc.assert(
      fc.property(anId, aShare, fc.string(), (userId, share, other) => {
        const there = isIn({ userId }, share);
        expect(isIn({ userId }, share)).toBe(there);
        // A visitor stays the same person, with the same id.
        expect(isIn({ userId, anonymousId: other }, share)).toBe(there);
        expect(isIn({ anonymousId: userId }, share)).toBe(there);
        expect(isIn({ userId }, share, anEvent({ name: other }))).toBe(there);
      }),
    );
  });

  test('contains all people of a smaller one', () => {
    fc.assert(
      fc.property(anId, aShare, aShare, (userId, one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        expect(isIn({ userId }, small) && !isIn({ userId }, large)).toBe(false);
      }),
    );
  });

  test('contains all people at 1 and none at 0', () => {
    fc.assert(
      fc.property(anId, (userId) => {
        expect([isIn({ userId }, 1), isIn({ userId }, 0)]).toEqual([true, false]);
      }),
    );
  });

  test.each([0.001, 0.01, 0.1, 0.25, 0.5, 0.9])('of %p holds about that share of any people', (share) => {
    const count = 10_000;
    for (const from of [0, 1_000_000]) {
      const found = people(count, from).filter((userId) => isIn({ userId }, share)).length;
      const deviation = Math.sqrt(count * share * (1 - share));
      expect(Math.abs(found - count * share)).toBeLessThan(4 * deviation);
    }
  });

  test('is drawn evenly over the whole width', () => {
    const [count, bins] = [10_000, 20];
    const bounds = Array.from({ length: bins + 1 }, (_, bin) => bin / bins);
    const upTo = bounds.map((share) => people(count).filter((userId) => isIn({ userId }, share)).length);
    const expected = count / bins;
    const chiSquared = upTo
      .slice(1)
      .reduce((sum, found, bin) => sum + (found - upTo[bin]! - expected) ** 2 / expected, 0);
    // 19 degrees of freedom: 43.8 is passed by one even draw in a thousand. The ids are fixed, and so is this number.
    expect(chiSquared).toBeLessThan(43.8);
  });

  test('can be computed in any language: the first 8 hexadecimal digits of the SHA-256 of the id', () => {
    for (const userId of people(1_000)) {
      const place =
        Number.parseInt(createHash('sha256').update(userId).digest('hex').slice(0, 8), 16) / 2 ** 32;
      expect(isIn({ userId }, 0.3)).toBe(place < 0.3);
    }
  });
});

describe('sampling', () => {
  const OUT = people(100).find((userId) => !isIn({ userId }, 0.5))!;
  const IN = people(100).find((userId) => isIn({ userId }, 0.5))!;

  test('keeps all events of some people, counts the others, and logs nothing', () => {
    const { service, shop, spoken } = tracking({ sampling: 0.5 });
    for (const userId of [IN, OUT, IN, OUT, OUT]) service.track('Signed Up', {}, { userId });
    service.identify({}, { userId: OUT });
    service.alias('browser', OUT);
    service.group('acme', {}, { userId: IN });
    expect(shop.events.map(({ userId }) => userId)).toEqual([IN, IN, IN]);
    expect(service.stats()).toMatchObject({
      called: 8,
      accepted: 3,
      rejected: {},
      suppressed: { sampled: 5 },
    });
    expect(spoken.all).toEqual([]);
    expectAccounted(service.stats());
  });

  test('may be another share for each event', () => {
    const { service, shop } = tracking({ sampling: ({ name }) => (name === 'Order Completed' ? 1 : 0) });
    service.track('Order Completed', {}, ANN);
    service.track('Page Seen', {}, ANN);
    expect(shop.events.map(({ name }) => name)).toEqual(['Order Completed']);
  });

  test('is decided by the id before it is hashed', () => {
    const { service } = tracking({ sampling: 0.5, hashIds: { secret: 'x'.repeat(32) } });
    for (const userId of people(50)) service.track('Signed Up', {}, { userId });
    expect(service.stats().accepted).toBe(people(50).filter((userId) => isIn({ userId }, 0.5)).length);
  });

  test('gives the function a copy, which it may change', () => {
    const { service, shop } = tracking({
      sampling(event) {
        Object.assign(event, { name: 'Other', userId: 'other' });
        Object.assign(event.properties['a'] as object, { b: 2 });
        Object.assign(event.properties, { c: 3 });
        (event.lanes as string[]).push('other');
        return 1;
      },
    });
    service.track('Signed Up', { a: { b: 1 } }, ANN);
    expect(shop.events).toMatchObject([{ name: 'Signed Up', userId: 'ann', lanes: ['shop'] }]);
    expect(shop.events[0]!.properties).toEqual({ a: { b: 1 } });
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('hunter2');
      },
    ],
    ['returns a promise', () => Promise.resolve(1)],
    ['returns a promise that fails', () => Promise.reject(new Error('hunter2'))],
    ['returns nothing', () => undefined],
    ['returns NaN', () => NaN],
    ['returns more than all', () => 1.01],
    ['returns less than none', () => -1],
    ['returns true', () => true],
    ['returns a text', () => '0.5'],
  ])('rejects the event if the function %s, and handles the next one', async (_, sampling) => {
    let asked = 0;
    const { service, shop, spoken } = tracking({
      sampling: () => (asked++ < 2 ? sampling() : 1) as number,
    });
    for (let i = 0; i < 3; i++) service.track('Signed Up', {}, ANN);
    expect(shop.events).toHaveLength(1);
    expect(service.stats()).toMatchObject({ accepted: 1, rejected: { sampling_error: 2 }, suppressed: {} });
    expect(spoken.warnings).toEqual([expect.stringMatching(/sampling_error.*`sampling`/)]);
    expect(spoken.all.join()).not.toContain('hunter2');
    expectAccounted(service.stats());
    await new Promise((resolve) => setImmediate(resolve)); // a failure of the promise would come now
  });

  test('refuses events that the function tracks', () => {
    const inner: unknown[] = [];
    const { service, shop } = tracking({
      sampling() {
        inner.push(service.track('Inner', {}, ANN));
        return 1;
      },
    });
    service.track('Outer', {}, ANN);
    expect(inner).toEqual([undefined]);
    expect(shop.events.map(({ name }) => name)).toEqual(['Outer']);
    expectAccounted(service.stats());
  });
});
