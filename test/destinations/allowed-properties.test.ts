import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Router } from '../../lib/capture/routing/router.js';
import type { Admission, Answer, Destination } from '../../lib/destinations/destination.js';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import { toEventJson } from '../../lib/event/event-json.js';
import type { HeldEvent, LaneEvent } from '../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { laneDestination } from '../../lib/options/lane-destination.js';
import { anEvent, inLane, NEW_YEAR } from './an-event.js';

const FIRST = { now: NEW_YEAR, number: 1 };
const ANSWER: Answer = { status: 200, headers: {}, body: '', complete: true };
const URL_ = 'https://receiver.example.com/hooks';
const KEY = '0123456789abcdef0123456789abcdef01234567';

/** A class with private members and methods that use `this`, as an application may write it. */
class Own implements Destination {
  readonly name = 'own';
  readonly #seen: TrackingEvent[] = [];
  concurrency = 3;

  constructor(readonly allowProperties?: Destination['allowProperties']) {}

  get seen(): TrackingEvent[] {
    return this.#seen;
  }

  accept(event: TrackingEvent): Admission {
    this.#seen.push(event);
    return undefined;
  }

  partition({ event }: LaneEvent): string {
    return this.#keep(event);
  }

  encode(batch: readonly LaneEvent[]) {
    for (const { event } of batch) this.#keep(event);
    return { method: 'POST' as const, url: URL_, body: JSON.stringify(batch) };
  }

  decode(_answer: Answer, batch: readonly LaneEvent[]) {
    return new Map(batch.map(({ event }) => [this.#keep(event), { kind: 'delivered' as const }]));
  }

  #keep(event: TrackingEvent): string {
    this.#seen.push(event);
    return event.id;
  }
}

/** A destination as the door and its lane use it. */
const asked = (destination: Destination) => ({
  ...laneDestination(destination, undefined, 'fields'),
  accept: (event: TrackingEvent) =>
    new Router([destination]).route({ event: { ...event, lanes: [destination.name] }, size: 300 }),
});
const stored = (event: TrackingEvent): HeldEvent => ({ event, json: JSON.stringify(toEventJson(event)) });

describe('a destination with a list of properties', () => {
  test('gets those and no others, wherever it gets an event', () => {
    const own = new Own(['plan', 'seats', 'absent']);
    const destination = asked(own);
    const event = anEvent({ properties: { plan: 'pro', seats: 5, email: 'ann@example.com' } });
    destination.accept(event);
    destination.partition!(stored(event));
    destination.encode([stored(event)], FIRST);
    destination.decode(ANSWER, [stored(event)]);
    expect(own.seen).toHaveLength(4);
    for (const seen of own.seen) {
      expect(seen).toEqual({ ...event, lanes: seen.lanes, properties: { plan: 'pro', seats: 5 } });
    }
    expect(event.properties).toHaveProperty('email');
  });

  test('gets the note that it made, and never the JSON of the whole event', () => {
    const handed: LaneEvent[] = [];
    const destination = asked({
      name: 'own',
      allowProperties: [],
      encode: (batch) => (handed.push(...batch), { method: 'POST', url: URL_ }),
    });
    const event = anEvent({ properties: { email: 'ann@example.com' } });
    destination.encode([{ ...stored(event), entry: { note: 7 } }, stored(event)], FIRST);
    expect(handed.map(({ event: seen, note, json }) => [seen, note, json])).toEqual([
      [{ ...event, properties: {} }, 7, undefined],
      [{ ...event, properties: {} }, undefined, undefined],
    ]);
  });

  test('gets the stored object itself without such a list', () => {
    const handed: LaneEvent[] = [];
    const own = {
      name: 'own',
      encode: (batch: readonly LaneEvent[]) => (
        handed.push(...batch),
        { method: 'POST' as const, url: URL_ }
      ),
    };
    const held = stored(anEvent());
    asked(own).encode([held], FIRST);
    expect(handed[0]).toBe(held);
  });

  test('may have a list for each event, and gets no properties of other events', () => {
    const own = new Own({ 'Order Completed': ['total'], identify: ['plan'] });
    const destination = asked(own);
    const properties = { total: 5, plan: 'pro', email: 'e' };
    destination.accept(anEvent({ name: 'Order Completed', properties }));
    destination.accept(anEvent({ type: 'identify', properties }));
    destination.accept(anEvent({ name: 'Signed Up', properties }));
    destination.accept(anEvent({ name: 'constructor', properties }));
    expect(own.seen.map((event) => event.properties)).toEqual([{ total: 5 }, { plan: 'pro' }, {}, {}]);
  });

  test('may have a list for all events that are not named', () => {
    const own = new Own({ 'Order Completed': [], '*': ['plan'] });
    const destination = asked(own);
    destination.accept(anEvent({ name: 'Order Completed', properties: { plan: 'pro' } }));
    destination.accept(anEvent({ properties: { plan: 'pro', email: 'e' } }));
    expect(own.seen.map((event) => event.properties)).toEqual([{}, { plan: 'pro' }]);
  });

  test('gets the properties that are in both list and event, for any list and event', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'a', 'b'));
    fc.assert(
      fc.property(fc.array(names), fc.dictionary(names, fc.jsonValue()), (allowed, given) => {
        const properties = given as TrackingEvent['properties'];
        const own = new Own(allowed);
        asked(own).accept(anEvent({ properties }));
        const expected = Object.entries(properties).filter(([name]) => allowed.includes(name));
        const seen = own.seen[0]!.properties;
        expect(new Map(Object.entries(seen))).toEqual(new Map(expected));
        expect(Object.getPrototypeOf(seen)).toBe(Object.prototype);
      }),
    );
  });
});

describe('ready destinations', () => {
  test('webhook() sends no other property, also if it sends stored JSON', () => {
    const destination = asked(webhook({ url: URL_, allowProperties: ['plan'] }));
    const events = [1, 2].map((n) => anEvent({ properties: { n, plan: 'pro', email: 'ann@example.com' } }));
    const { body } = destination.encode([stored(events[0]!), inLane(events[1]!)], FIRST);
    expect(JSON.parse(body as string)).toEqual(
      events.map(
        (event) =>
          JSON.parse(JSON.stringify({ ...toEventJson(event), properties: { plan: 'pro' } })) as unknown,
      ),
    );
  });

  test('kissmetrics() sends no other property, and declines an identify that has none left', () => {
    const destination = asked(kissmetrics({ apiKey: KEY, allowProperties: ['plan'] }));
    const { body } = destination.encode(
      [inLane(anEvent({ properties: { plan: 'pro', email: 'ann@example.com' } }))],
      FIRST,
    );
    const sent = new URLSearchParams(body as string);
    expect(sent.get('plan')).toBe('pro');
    expect(sent.has('email')).toBe(false);
    expect(destination.accept(anEvent({ type: 'identify', properties: { email: 'e' } }))).toMatchObject({
      declined: [{ reason: 'unsupported' }],
    });
    expect(destination.accept(anEvent({ type: 'identify', properties: { plan: 'p' } })).declined).toEqual([]);
  });
});
