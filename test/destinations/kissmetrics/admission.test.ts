import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FreeSeconds, TakenSeconds } from '../../../lib/destinations/kissmetrics/seconds.js';
import { collision, collisionShifted } from '../../../lib/destinations/kissmetrics/kissmetrics.messages.js';
import { kissmetrics } from '../../../lib/destinations/kissmetrics/kissmetrics.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { aKeyedEvent, anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { Notices } from '../notices.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const destination = kissmetrics({ apiKey: KEY });
const SECOND = NEW_YEAR / 1_000;

describe('events that the platform would answer with 200 and lose are declined at the door', () => {
  const { userId: _, ...nobody } = anEvent();
  const anAlias = (previousId: string, userId: string) => anEvent({ type: 'alias', previousId, userId });

  test.each<[string, TrackingEvent, string]>([
    ['an event of nobody', nobody, 'no_identity'],
    ['an empty id', anEvent({ userId: '' }), 'invalid_id'],
    [
      'an id of more than 255 characters, because half an id is somebody else',
      anEvent({ userId: 'x'.repeat(256) }),
      'invalid_id',
    ],
    ['an id that could only be sent as another one', anEvent({ userId: 'x\ud800' }), 'invalid_id'],
    ['a name of nothing but signs that become spaces', anEvent({ name: ' ,: ' }), 'invalid_name'],
    ['a time before 2009', anEvent({ timestamp: Date.UTC(2009, 0, 1) - 1 }), 'invalid_timestamp'],
    ['no time', anEvent({ timestamp: Number.NaN }), 'invalid_timestamp'],
    ['an identify without a trait', anEvent({ type: 'identify' }), 'unsupported'],
    [
      'an identify without a usable trait',
      anEvent({ type: 'identify', properties: { a: null, '': 1, b: {}, c: [''] } }),
      'unsupported',
    ],
    ['a group without an id', anEvent({ type: 'group', properties: { a: 1 } }), 'invalid_id'],
    ['an alias of an id with itself', anAlias('ada', 'ada'), 'invalid_id'],
    ['an alias that lacks an id', anEvent({ type: 'alias' }), 'invalid_id'],
    ['an alias with an id that is too long', anAlias('x'.repeat(256), 'ada'), 'invalid_id'],
    ['an alias with a word that many people share', anAlias('Guest', 'ada'), 'invalid_id'],
    ['an alias with another such word', anAlias('x', ' undefined '), 'invalid_id'],
  ])('%s', (_, event, reason) => {
    expect(destination.accept!(event)).toEqual({ declined: reason });
  });

  test.each<[string, TrackingEvent]>([
    ['an event', anEvent()],
    ['an id of 255 characters', anEvent({ userId: 'x'.repeat(255) })],
    ['the first moment of 2009', anEvent({ timestamp: Date.UTC(2009, 0, 1) })],
    ['a trait deep within', anEvent({ type: 'identify', properties: { a: null, b: { c: [false] } } })],
    ['a plain trait behind others', anEvent({ type: 'identify', properties: { a: '', _: 1, b: 'x' } })],
    ['a group without traits', anEvent({ type: 'group', groupId: 'acme' })],
    ['an alias, whatever the time', anEvent({ type: 'alias', previousId: 'a', timestamp: 0 })],
  ])('and %s is taken', (_, event) => {
    expect(destination.accept!(event)).toBeUndefined();
  });

  test('an accepted event can be sent, and an accepted identify has a property', () => {
    const properties = fc.dictionary(
      fc.constantFrom('', '_', 'a', ' ,'),
      fc.constantFrom(null, '', 'x', 0, true, [], [''], {}, { '': 1 }),
    );
    fc.assert(
      fc.property(properties, (traits) => {
        const event = anEvent({ type: 'identify', properties: traits });
        const { body } = destination.encode([inLane(event)], { now: NEW_YEAR, number: 1 });
        const sent = new URLSearchParams(body as string);
        expect(destination.accept!(event) === undefined).toBe(sent.size > 4);
      }),
    );
  });
});

describe('events of one person, name and second', () => {
  test('keep their second by default, with a notice that names no person and gives the remedy', () => {
    const plain = kissmetrics({ apiKey: KEY });
    const notices = new Notices();
    plain.open!(notices);
    for (const [i, key] of ['1', '2', '3'].entries()) {
      expect(
        plain.accept!(aKeyedEvent(key, { name: i === 0 ? 'Order Completed' : 'ORDER completed' })),
      ).toBeUndefined();
    }
    expect(notices.of('collision')).toEqual([
      collision('kissmetrics', 'ORDER completed'),
      collision('kissmetrics', 'ORDER completed'),
    ]);
    expect(notices.of('collision')[0]).toContain('spreadCollisions: true');
    expect(notices.all.map(({ about }) => about)).toEqual(['ORDER completed', 'ORDER completed']);
  });

  test('are reported only if the platform would count one of two: not for an event that is repeated', () => {
    const plain = kissmetrics({ apiKey: KEY });
    const notices = new Notices();
    plain.open!(notices);
    const event = aKeyedEvent('1');
    for (const each of [
      event,
      event, // its key is no longer remembered, or it is replayed
      aKeyedEvent('2', { timestamp: NEW_YEAR + 1_000 }),
      aKeyedEvent('3', { userId: 'grace' }),
      aKeyedEvent('4', { name: 'Another' }),
      anEvent({ type: 'identify', properties: { a: 1 } }),
      anEvent({ type: 'identify', properties: { a: 1 } }),
    ]) {
      plain.accept!(each);
    }
    expect(notices.all).toEqual([]);
  });

  test('with keys are reported with spreadCollisions, too: these are not moved', () => {
    const spreading = kissmetrics({ apiKey: KEY, spreadCollisions: true });
    const notices = new Notices();
    spreading.open!(notices);
    spreading.accept!(aKeyedEvent('1'));
    spreading.accept!(aKeyedEvent('2'));
    spreading.accept!(anEvent());
    spreading.accept!(aKeyedEvent('3', { timestamp: NEW_YEAR + 1_000 }));
    expect(notices.all.map(({ notice }) => notice)).toEqual(['collision', 'collision_shifted', 'collision']);
  });

  test('are reported if they follow each other, and never without reason, whatever came before', () => {
    const taken = new TakenSeconds();
    for (let i = 0; i < 200_000; i++) {
      const person = `person ${i % 1_000}`;
      if (taken.take(person, `event ${i}`, SECOND, `${i}`)) throw new Error(`no other event has this: ${i}`);
      if (!taken.take(person, `event ${i}`, SECOND, 'another'))
        throw new Error(`another event has this: ${i}`);
    }
    // The border between a person and a name counts.
    expect(taken.take('ab', 'c', SECOND, '1')).toBe(false);
    expect(taken.take('a', 'bc', SECOND, '2')).toBe(false);
  });

  test('get the next free second with spreadCollisions, with a notice that names no person', () => {
    const spreading = kissmetrics({ apiKey: KEY, spreadCollisions: true });
    const notices = new Notices();
    spreading.open!(notices);
    expect(spreading.accept!(anEvent({ name: 'Added to Cart' }))).toBeUndefined();
    expect(spreading.accept!(anEvent({ name: 'Added to Cart' }))).toEqual({ note: SECOND + 1 });
    expect(spreading.accept!(anEvent({ name: 'ADDED to cart', timestamp: NEW_YEAR + 999 }))).toEqual({
      note: SECOND + 2,
    });
    expect(notices.of('collision_shifted')).toEqual([
      collisionShifted('kissmetrics', 'Added to Cart'),
      collisionShifted('kissmetrics', 'ADDED to cart'),
    ]);
    // Others have seconds of their own.
    expect(spreading.accept!(anEvent({ name: 'Added to Cart', userId: 'grace' }))).toBeUndefined();
    expect(spreading.accept!(anEvent({ name: 'Order Completed' }))).toBeUndefined();
    expect(spreading.accept!(anEvent({ type: 'identify', properties: { a: 1 } }))).toBeUndefined();
    expect(spreading.accept!(anEvent({ type: 'identify', properties: { a: 1 } }))).toBeUndefined();
  });

  test('are compared as the platform compares them', () => {
    const spreading = kissmetrics({ apiKey: KEY, spreadCollisions: true });
    spreading.accept!(anEvent({ name: 'Order: Paid' }));
    expect(spreading.accept!(anEvent({ name: 'order, paid' }))).toEqual({ note: SECOND + 1 });
  });

  test('with a key never move, but occupy their second', () => {
    const spreading = kissmetrics({ apiKey: KEY, spreadCollisions: true });
    expect(spreading.accept!(aKeyedEvent('1'))).toBeUndefined();
    expect(spreading.accept!(aKeyedEvent('2'))).toBeUndefined();
    expect(spreading.accept!(anEvent())).toEqual({ note: SECOND + 1 });
    expect(spreading.accept!(aKeyedEvent('3', { timestamp: NEW_YEAR + 1_000 }))).toBeUndefined();
    expect(spreading.accept!(anEvent())).toEqual({ note: SECOND + 2 });
  });

  test('always get the first free second, whatever came before', () => {
    const step = fc.record({
      person: fc.constantFrom('1', '1 2', '2'),
      name: fc.constantFrom('2 a', 'a', 'A', 'b', 'b,', 'b '),
      second: fc.integer({ min: 0, max: 6 }),
      keyed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const spreading = kissmetrics({ apiKey: KEY, spreadCollisions: true });
        const taken = new Set<string>();
        steps.forEach(({ person, name, second, keyed }, i) => {
          const members = { userId: person, name, timestamp: NEW_YEAR + second * 1_000 };
          const folded = name.replace(',', ' ').toLowerCase();
          const at = (each: number) => JSON.stringify([person, folded, each]);
          let expected = SECOND + second;
          if (!keyed) while (taken.has(at(expected))) expected++;
          taken.add(at(expected));
          const note = spreading.accept!(keyed ? aKeyedEvent(`${i}`, members) : anEvent(members));
          expect(note).toEqual(expected === SECOND + second ? undefined : { note: expected });
        });
      }),
    );
  });
});

describe('the memory of free seconds', () => {
  test('is bounded', () => {
    const seconds = new FreeSeconds(100);
    for (let i = 0; i < 10_000; i++) {
      seconds.take(`person ${i % 700}`, i % 13);
      expect(seconds.size).toBeLessThanOrEqual(100);
    }
  });

  test('holds at least the newest half', () => {
    const seconds = new FreeSeconds(100);
    for (let i = 0; i < 1_000; i++) {
      seconds.take(`person ${i}`, 0);
      const held = `person ${Math.max(0, i - 15)}`;
      expect(seconds.take(held, 0)).toBeGreaterThan(0);
    }
  });

  test('a burst in one second gets no second twice, however small the memory', () => {
    const seconds = new FreeSeconds(10);
    const given = Array.from({ length: 1_000 }, () => seconds.take('ada', 0));
    expect(given).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  });

  test('a burst costs each event the same', () => {
    const seconds = new FreeSeconds();
    const gets = countCalls(Map.prototype, 'get', () => {
      for (let i = 0; i < 5_000; i++) seconds.take('ada', 0);
    });
    expect(gets).toBeLessThan(5_000 * 6);
  });
});

/** Counts calls of a method while something runs. */
function countCalls(target: Map<unknown, unknown>, method: 'get', run: () => void): number {
  const original = target[method];
  let calls = 0;
  target[method] = function (this: Map<unknown, unknown>, key: unknown) {
    calls++;
    return original.call(this, key);
  };
  try {
    run();
  } finally {
    target[method] = original;
  }
  return calls;
}
