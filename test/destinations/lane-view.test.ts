import { describe, expect, test } from '@jest/globals';
import type { Destination, Outcome } from '../../lib/destinations/destination.js';
import { LaneView } from '../../lib/destinations/lane-view.js';
import { toEventJson } from '../../lib/event/event-json.js';
import type { HeldEvent, LaneEntry } from '../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { laneDestination } from '../../lib/options/lane-destination.js';
import { anEvent, NEW_YEAR } from './an-event.js';

const URL_ = 'https://receiver.example.com/hooks';
const NOBODY = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  anonymousId: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6',
};
const view = new LaneView({});
const held = (event: TrackingEvent, entry?: LaneEntry): HeldEvent => ({
  event,
  ...(entry !== undefined && { entry }),
  json: JSON.stringify(toEventJson(event)),
});
/** As a journal keeps it: reading the event parses it. */
const unread = (entry: LaneEntry): HeldEvent => ({
  entry,
  json: JSON.stringify(toEventJson(anEvent())),
  get event(): never {
    throw new Error('parsed');
  },
});

describe('the event that a destination gets', () => {
  test('is the stored object if its lane adds nothing', () => {
    const plain = held(anEvent());
    expect(view.of(plain)).toBe(plain);
    const batch = [plain, held(anEvent())];
    expect(view.all(batch)).toBe(batch);
  });

  test('has the mapped name and properties, and not the original ones', () => {
    const event = anEvent({ name: 'Order Completed', properties: { revenue: 5, email: 'e' } });
    const seen = view.of(held(event, { name: 'purchase', properties: { value: 5 } }));
    expect(seen.event).toEqual({ ...event, name: 'purchase', properties: { value: 5 } });
    expect(seen.json).toBeUndefined();
    expect(event).toMatchObject({ name: 'Order Completed', properties: { revenue: 5 } });
  });

  test('has mapped properties unchanged, and of others only those in `allowProperties`', () => {
    const narrow = new LaneView({ allowProperties: { 'Order Completed': ['revenue'] } });
    const event = anEvent({ name: 'Order Completed', properties: { revenue: 5, email: 'e' } });
    expect(narrow.of(held(event, { name: 'purchase' })).event).toMatchObject({
      name: 'purchase',
      properties: { revenue: 5 },
    });
    expect(narrow.of(held(event, { properties: { value: 5 } })).event.properties).toEqual({ value: 5 });
  });

  test('has the browser id of its platform if the event has no anonymous id', () => {
    const browser = { anonymousId: 'ph-1', sessionId: 's' };
    const seen = view.of(held(anEvent(), { browser }));
    expect([seen.event.anonymousId, seen.browser]).toEqual(['ph-1', browser]);
    expect(seen.json).toBeUndefined();
    const given = view.of(held(anEvent({ anonymousId: 'given' }), { browser }));
    expect([given.event.anonymousId, given.browser]).toEqual(['given', browser]);
  });

  test('never has the browser ids of other destinations', () => {
    const event = anEvent({ browserIds: { other: { anonymousId: 'km-1' } } });
    const seen = view.of({ event }).event;
    expect(seen).not.toHaveProperty('browserIds');
    expect(seen).not.toHaveProperty('anonymousId');
    expect(view.event(event, { note: 1 })).not.toHaveProperty('browserIds');
  });

  test('without its person has other ids, and no member that names the person', () => {
    const event = anEvent({
      userId: 'ann',
      anonymousId: 'browser-of-ann',
      groups: { company: 'group-of-ann' },
      groupId: 'group-of-ann',
      previousId: 'ann-before',
      browserIds: { other: { anonymousId: 'km-ann' } },
      context: { ip: '203.0.113.7', sessions: { ga: 'visit-of-ann' }, route: '/orders' },
      properties: { revenue: 5 },
      source: 'OrdersController.create',
    });
    const seen = view.of(held(event, { stripped: NOBODY }));
    expect(seen.event).toEqual({
      ...NOBODY,
      type: 'track',
      name: event.name,
      timestamp: event.timestamp,
      acceptedAt: event.acceptedAt,
      properties: { revenue: 5 },
      context: { route: '/orders' },
      source: 'OrdersController.create',
      lanes: event.lanes,
    });
    expect(JSON.stringify([seen, seen.event])).not.toMatch(/ann|203\.0/);
  });

  test('has the note, the hashed person and the consent beside it', () => {
    const entry: LaneEntry = { note: 7, person: { email: 'h' }, consent: { analytics: 'allow' } };
    const { note, person, consent } = view.of(held(anEvent(), entry));
    expect({ note, person, consent }).toEqual(entry);
  });

  test('keeps its JSON if it is the stored event, without parsing it', () => {
    const plain = unread({ note: 7, browser: { sessionId: 's' } });
    expect(view.of(plain)).toMatchObject({ note: 7, json: plain.json });
    expect(view.of(unread({ name: 'purchase' })).json).toBeUndefined();
  });
});

describe('a destination that names events', () => {
  test('names them by the ids that it got, and each has its outcome', () => {
    const [plain, stripped] = [anEvent(), anEvent()];
    const sent: string[][] = [];
    const own: Destination = {
      name: 'own',
      partition: ({ event }) => (sent.push([event.id]), ''),
      encode: (batch) => (sent.push(batch.map(({ event }) => event.id)), { method: 'POST', url: URL_ }),
      decode: (_answer, batch) =>
        new Map(
          batch.map(({ event }): [string, Outcome] => [event.id, { kind: 'rejected', detail: event.id }]),
        ),
    };
    const lane = laneDestination(own, undefined, 'fields');
    const batch = [held(plain), held(stripped, { stripped: NOBODY })];
    lane.partition!(batch[1]!);
    lane.encode(batch, { now: NEW_YEAR, number: 1 });
    expect(sent).toEqual([[NOBODY.id], [plain.id, NOBODY.id]]);
    const said = lane.decode({ status: 200, headers: {}, body: '', complete: true }, batch);
    const outcomes = said as ReadonlyMap<string, Outcome>;
    expect(outcomes.get(plain.id)).toEqual({ kind: 'rejected', detail: plain.id });
    expect(outcomes.get(stripped.id)).toEqual({ kind: 'rejected', detail: NOBODY.id });
  });
});
