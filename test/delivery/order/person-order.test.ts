import { describe, expect, test } from '@jest/globals';
import { memory } from '../../../lib/buffer/memory/memory.js';
import type { AttemptResult } from '../../../lib/delivery/reading.js';
import type { EventBufferFactory } from '../../../lib/buffer/event-buffer.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import { answer, LaneBench, type LaneOptions, OK, type Sent } from '../../support/a-lane.js';
import { NEW_YEAR } from '../../support/an-event.js';
import type { JsonObject, TrackingEvent } from '../../../lib/event/tracking-event.js';

const ONE = { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 32 };
const MANY = { batch: { maxEvents: 50, maxDelayMs: 0 }, concurrency: 32 };
/** Shows the traits that are sent. */
const WITH_TRAITS = {
  ...ONE,
  encode: (batch: readonly LaneEvent[]) => ({
    method: 'POST' as const,
    url: 'http://shop.example',
    headers: { 'x-traits': JSON.stringify(batch.map(({ event }) => event.properties)) },
    body: JSON.stringify(batch.map(({ event }) => event.id)),
  }),
};
/** A buffer whose events of an earlier time are copies, as those are that a command puts back into the queue. */
const COPIES: EventBufferFactory = {
  kind: 'memory',
  create: (setup) => {
    const buffer = memory().create(setup);
    const lease = buffer.lease.bind(buffer);
    buffer.lease = (...args) => {
      const leased = lease(...args);
      for (const held of leased?.events ?? []) {
        Object.defineProperty(held, 'isCopy', { value: held.event.acceptedAt < NEW_YEAR });
      }
      return leased;
    };
    return buffer;
  },
};
const DOWN = { result: answer(503), afterMs: 1 };

/** A lane whose requests are known by the labels of their events. */
class OrderBench extends LaneBench {
  readonly #labels = new Map<string, string>();
  readonly #startedAt = this.clock.monotonic();

  constructor(options: LaneOptions = { destination: ONE }) {
    super(options);
  }

  give1(label: string, members: Partial<TrackingEvent>): void {
    const [id] = this.give(1, members);
    this.#labels.set(id!, label);
  }

  identify(
    label: string,
    userId: string,
    properties: JsonObject,
    members: Partial<TrackingEvent> = {},
  ): void {
    this.give1(label, { type: 'identify', name: 'identify', userId, properties, ...members });
  }

  track(label: string, userId: string): void {
    this.give1(label, { userId });
  }

  labels(sent: Sent): string[] {
    return sent.ids.map((id) => this.#labels.get(id)!);
  }

  /** Labels of each request, with the time that has passed. */
  get requests(): string[] {
    return this.sent.map((sent) => `${sent.at - this.#startedAt} ${this.labels(sent).join('+')}`);
  }

  get droppedLabels(): string[] {
    return this.dropped.map(({ id, reason }) => `${this.#labels.get(id)} ${reason}`);
  }
}

describe('calls about one person', () => {
  test('are never in flight at once: the later one is sent when the earlier one is settled', () => {
    const it = new OrderBench();
    it.platform = (sent) => ({ ...OK, afterMs: it.labels(sent)[0] === 'slow' ? 100 : 5 });
    it.identify('slow', 'ann', { plan: 'free' });
    it.identify('fast', 'ann', { plan: 'pro' });
    it.identify('bob', 'bob', { plan: 'free' });
    it.track('order', 'ann');
    it.clock.advance(50);
    expect(it.requests).toEqual(['0 slow', '0 bob', '0 order']);
    it.clock.advance(1_000);
    expect(it.requests.slice(3)).toEqual(['100 fast']);
    expect(it.ledger).toMatchObject({ delivered: 4, pending: 0 });
  });

  test('stay together in one batch, in their order', () => {
    const it = new OrderBench({ destination: MANY });
    it.identify('one', 'ann', { plan: 'free' });
    it.track('order', 'ann');
    it.identify('two', 'ann', { plan: 'pro' });
    it.clock.advance(100);
    expect(it.requests).toEqual(['0 one+order+two']);
  });

  test.each([
    ['the anonymous id', { type: 'identify', anonymousId: 'visitor-1' }],
    ['the other id of an alias', { type: 'alias', name: 'alias', userId: 'ann', previousId: 'visitor-1' }],
    ['the group', { type: 'group', name: 'group', userId: 'bob', groupId: 'acme' }],
  ] as const)('are known by %s, too', (_, members) => {
    const it = new OrderBench();
    it.give1('first', {
      type: 'group',
      name: 'group',
      userId: 'cleo',
      anonymousId: 'visitor-1',
      groupId: 'acme',
    });
    it.give1('second', { properties: { plan: 'pro' }, ...members });
    it.clock.advance(1_000);
    expect(it.requests).toEqual(['0 first', '10 second']);
  });

  test('that wait for two people go when both are done', () => {
    const it = new OrderBench();
    it.platform = (sent) => ({ ...OK, afterMs: it.labels(sent)[0] === 'ann' ? 10 : 100 });
    it.identify('ann', 'ann', { plan: 'free' });
    it.identify('bob', 'bob', { plan: 'free' });
    it.give1('both', { type: 'alias', name: 'alias', userId: 'ann', previousId: 'bob' });
    it.identify('after', 'ann', { plan: 'pro' });
    it.clock.advance(1_000);
    expect(it.requests).toEqual(['0 ann', '0 bob', '100 both', '200 after']);
  });

  test('that were leased together go together when the earlier one is done', () => {
    const it = new OrderBench({ destination: MANY });
    it.identify('first', 'ann', { plan: 'free' });
    it.clock.advance(1);
    for (const label of ['a', 'b', 'c']) it.identify(label, 'ann', { [label]: 1 });
    it.clock.advance(1_000);
    expect(it.requests).toEqual(['0 first', '10 a+b+c']);
  });
});

describe('an older call that waits for its retry', () => {
  test('is dropped as superseded if a newer one sets all its traits, and the newer one is sent at once', () => {
    const it = new OrderBench();
    it.platform = (sent) => (it.labels(sent)[0] === 'old' ? DOWN : OK);
    it.identify('old', 'ann', { plan: 'free' });
    it.clock.advance(10);
    it.identify('new', 'ann', { plan: 'pro', seats: 5 });
    it.clock.advance(10);
    expect(it.requests).toEqual(['0 old', '10 new']);
    expect(it.droppedLabels).toEqual(['old superseded']);
    it.clock.advance(600_000);
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 0, dropped: { superseded: 1 } });
  });

  test('is dropped as soon as it has failed, if the newer one waited for it', () => {
    const it = new OrderBench();
    it.platform = (sent) => (it.labels(sent)[0] === 'old' ? { ...DOWN, afterMs: 50 } : OK);
    it.identify('old', 'ann', { plan: 'free' });
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(60);
    expect(it.requests).toEqual(['0 old', '50 new']);
    expect(it.droppedLabels).toEqual(['old superseded']);
  });

  test.each([
    ['another trait', { plan: 'free', email: 1 }, {}],
    ['another id', { plan: 'free' }, { anonymousId: 'visitor-1' }],
  ])('goes first where it has %s that the newer one lacks', (_, traits, ids) => {
    const it = new OrderBench();
    let failures = 1;
    it.platform = () => (failures-- > 0 ? DOWN : OK);
    it.identify('old', 'ann', traits, ids);
    it.clock.advance(10);
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(1_000);
    expect(it.requests).toEqual(['0 old', '501 old', '511 new']);
    expect(it.droppedLabels).toEqual([]);
  });

  test.each<[string, AttemptResult]>([
    ['answered 500', answer(500)],
    ['reset', { failure: 'ECONNRESET' }],
  ])('goes first, too, where its request was %s, has tracks, and may be recognised', (_, result) => {
    const it = new OrderBench({ destination: MANY });
    let failures = 1;
    it.platform = () => (failures-- > 0 ? { result, afterMs: 1 } : OK);
    it.identify('old', 'ann', { plan: 'free' });
    it.track('order', 'ann');
    it.clock.advance(10);
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(1_000);
    expect(it.requests).toEqual(['0 old+order', '501 old+order', '511 new']);
  });

  test.each([429, 503])('is dropped from among tracks if its request was answered %i', (status) => {
    const result = answer(status);
    const it = new OrderBench({ destination: MANY });
    let failures = 1;
    it.platform = () => (failures-- > 0 ? { result, afterMs: 1 } : OK);
    it.identify('old', 'ann', { plan: 'free' });
    it.track('order', 'ann');
    it.clock.advance(10);
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(1_000);
    expect(it.requests).toEqual(['0 old+order', '10 new', '501 order']);
    expect(it.droppedLabels).toEqual(['old superseded']);
  });

  test('delays no track, and no other person', () => {
    const it = new OrderBench();
    it.platform = (sent) => (it.labels(sent)[0] === 'old' ? DOWN : OK);
    it.identify('old', 'ann', { plan: 'free', email: 1 });
    it.identify('new', 'ann', { plan: 'pro' });
    for (let i = 0; i < 20; i++) {
      it.track(`order ${i}`, 'ann');
      it.identify(`other ${i}`, `person ${i}`, { plan: 'pro' });
      it.clock.advance(5);
    }
    // The last two are in flight.
    expect(it.ledger).toMatchObject({ delivered: 38, pending: 4 });
  });

  test.each<[string, AttemptResult, string[]]>([
    ['as a probe of a parked lane', answer(401), ['0 old+order', '550 new']],
    ['in the half of a refused batch', answer(400), ['0 old+order', '50 order', '50 new']],
  ])('is not sent %s, if the newer one was put aside before the answer', (_, result, requests) => {
    const it = new OrderBench({ destination: MANY });
    it.platform = (sent) => (it.labels(sent)[0] === 'old' ? { result, afterMs: 50 } : OK);
    it.identify('old', 'ann', { plan: 'free' });
    it.track('order', 'ann');
    it.clock.advance(10);
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(545);
    expect(it.requests).toEqual(requests);
    expect(it.droppedLabels).toEqual(['old superseded']);
  });

  test.each(['alias', 'group'] as const)('is kept if its type is %s and nothing replaces it', (type) => {
    const it = new OrderBench();
    let failures = 1;
    it.platform = () => (failures-- > 0 ? DOWN : OK);
    const members = { type, name: type, userId: 'ann', previousId: 'visitor-1', properties: {} };
    it.give1('old', { ...members, groupId: 'acme' });
    it.clock.advance(10);
    it.give1('new', { ...members, groupId: 'globex' });
    it.clock.advance(1_000);
    expect(it.requests).toEqual(['0 old', '501 old', '511 new']);
  });
});

describe('an earlier call that ends undelivered frees the next one', () => {
  test('dead: its platform rejects it by name', () => {
    const it = new OrderBench({
      destination: {
        ...ONE,
        decode: ({ body }) =>
          body === '' ? undefined : new Map([[body, { kind: 'rejected' as const, detail: 'bad' }]]),
      },
    });
    it.platform = (sent) => ({
      result: answer(200, it.labels(sent)[0] === 'old' ? sent.ids[0]! : ''),
      afterMs: 10,
    });
    it.identify('old', 'ann', { plan: 'free' });
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(100);
    expect(it.requests).toEqual(['0 old', '10 new']);
    expect(it.ledger).toMatchObject({ delivered: 1, dead: 1 });
  });

  test('rejected alone: the proof needs the success of others, which may be about the same person', () => {
    const it = new OrderBench();
    it.platform = (sent) => (it.labels(sent)[0] === 'old' ? { result: answer(400), afterMs: 1 } : OK);
    it.identify('old', 'ann', { plan: 'free', bad: 1 });
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(60_000);
    expect(it.requests.slice(0, 2)).toEqual(['0 old', '1 new']);
    expect(it.ledger).toMatchObject({ delivered: 1, dead: 1, pending: 0 });
  });

  test('expired', () => {
    const it = new OrderBench({ destination: ONE, retry: { maxAgeMs: 1_000 } });
    it.platform = (sent) => (it.labels(sent)[0] === 'old' ? DOWN : OK);
    it.identify('old', 'ann', { plan: 'free', email: 1 });
    it.clock.advance(900);
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(5_000);
    expect(it.droppedLabels).toEqual(['old expired']);
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 0 });
  });
});

describe('events that are put aside', () => {
  test('is waited for by a flush', () => {
    const it = new OrderBench();
    it.platform = () => ({ ...OK, afterMs: 100 });
    it.identify('one', 'ann', { plan: 'free' });
    it.identify('two', 'ann', { plan: 'pro' });
    let done = false;
    it.lane.flush(() => (done = true));
    it.clock.advance(150);
    expect(done).toBe(false);
    it.clock.advance(51);
    expect(done).toBe(true);
    expect(it.ledger.delivered).toBe(2);
  });

  test('is given back in order when the lane ends', async () => {
    const it = new OrderBench();
    it.platform = () => null;
    for (let i = 0; i < 5; i++) it.identify(String(i), 'ann', { plan: i });
    it.track('order', 'ann');
    it.clock.advance(10);
    expect(it.requests).toEqual(['0 0', '0 order']);
    expect(it.buffer.waiting('shop').events).toBe(0);
    await it.lane.close();
    expect(it.buffer.waiting('shop').events).toBe(6);
    const lease = it.buffer.lease('shop', { maxEvents: 10, maxBytes: 1e6 })!;
    expect(lease.events.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('delays no track, with any number of calls', () => {
    const it = new OrderBench();
    it.platform = (sent) => (it.labels(sent)[0] === 'first' ? null : OK);
    it.identify('first', 'ann', { plan: 'free' });
    for (let i = 0; i < 2_000; i++) it.identify(`ann ${i}`, 'ann', { plan: i });
    it.track('order', 'ann');
    it.clock.advance(100);
    expect(it.requests).toEqual(['0 first', '0 order']);
    expect(it.ledger.pending).toBe(2_001);
  });
});

describe('an older call that is late, after a newer one was delivered', () => {
  const late = (
    bench: OrderBench,
    label: string,
    traits: JsonObject,
    members: Partial<TrackingEvent> = {},
  ): void => bench.identify(label, 'ann', traits, { acceptedAt: NEW_YEAR - 1_000, ...members });
  const aBench = (): OrderBench => new OrderBench({ destination: WITH_TRAITS, buffer: COPIES });
  const traitsOf = ({ request }: Sent): unknown => JSON.parse(request.headers!['x-traits']!);

  test('is dropped as superseded if all its traits are replaced', () => {
    const it = aBench();
    it.identify('new', 'ann', { plan: 'pro', seats: 5 });
    it.clock.advance(100);
    late(it, 'old', { plan: 'free' });
    it.clock.advance(100);
    expect(it.requests).toEqual(['0 new']);
    expect(it.droppedLabels).toEqual(['old superseded']);
    expect(it.ledger).toMatchObject({ delivered: 1, pending: 0, dropped: { superseded: 1 } });
  });

  test('is sent if the person was erased in between, because delivered traits are forgotten', () => {
    const it = aBench();
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(100);
    it.lane.forget(['ann']);
    late(it, 'old', { plan: 'free' });
    it.clock.advance(100);
    expect(it.requests).toEqual(['0 new', '100 old']);
  });

  test('is sent without the traits that are replaced, the same on every attempt', () => {
    const it = aBench();
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(100);
    let failures = 1;
    it.platform = () => (failures-- > 0 ? DOWN : OK);
    late(it, 'old', { plan: 'free', email: 'a@b.example' });
    it.clock.advance(1_000);
    expect(it.sent.map(traitsOf)).toEqual([
      [{ plan: 'pro' }],
      [{ email: 'a@b.example' }],
      [{ email: 'a@b.example' }],
    ]);
    expect(it.ledger).toMatchObject({ delivered: 2, pending: 0 });
  });

  test('still joins its ids, or the person to the group, if no newer call did', () => {
    const it = aBench();
    it.identify('new', 'ann', { plan: 'pro' });
    it.give1('new group', { type: 'group', name: 'group', groupId: 'acme', properties: { size: 2 } });
    it.clock.advance(100);
    late(it, 'old', { plan: 'free' }, { anonymousId: 'visitor-1' });
    late(it, 'old group', { size: 1 }, { type: 'group', name: 'group', groupId: 'acme' });
    it.clock.advance(1_000);
    expect(it.sent.slice(2).map((sent) => [it.labels(sent)[0], traitsOf(sent)])).toEqual([
      ['old', [{}]],
      ['old group', [{}]],
    ]);
  });

  test('waits until the newer one is answered, if that is in flight', () => {
    const it = aBench();
    it.identify('new', 'ann', { plan: 'pro' });
    it.clock.advance(5);
    late(it, 'old', { plan: 'free' });
    it.clock.advance(100);
    expect(it.requests).toEqual(['0 new']);
    expect(it.droppedLabels).toEqual(['old superseded']);
  });

  test('waits for the newer one also if both would be in one request', () => {
    const it = new OrderBench({
      destination: { ...WITH_TRAITS, batch: { maxEvents: 50, maxDelayMs: 0 } },
      buffer: COPIES,
    });
    it.identify('new', 'ann', { plan: 'pro' });
    late(it, 'old', { plan: 'free', email: 1 });
    it.clock.advance(100);
    expect(it.sent.map(traitsOf)).toEqual([[{ plan: 'pro' }], [{ email: 1 }]]);
  });

  test('is sent unchanged if the newer one was about another person at the same browser', () => {
    const it = aBench();
    it.identify('new', 'bob', { plan: 'pro' }, { anonymousId: 'kiosk' });
    it.clock.advance(100);
    late(it, 'old', { plan: 'free' }, { anonymousId: 'kiosk' });
    it.clock.advance(100);
    expect(it.sent.map(traitsOf)).toEqual([[{ plan: 'pro' }], [{ plan: 'free' }]]);
  });

  test('is known by the order of acceptance, not by a wall clock that was set back', () => {
    const it = new OrderBench({ destination: WITH_TRAITS });
    it.track('first', 'ann');
    it.identify('old', 'ann', { plan: 'free' });
    it.clock.advance(100);
    it.identify('new', 'ann', { plan: 'pro' }, { acceptedAt: NEW_YEAR - 3_600_000 });
    it.clock.advance(100);
    expect(it.sent.slice(1).map(traitsOf)).toEqual([[{ plan: 'free' }], [{ plan: 'pro' }]]);
  });
});

describe('a parked lane', () => {
  test('probes with tracks and with the oldest call about each person', () => {
    const it = new OrderBench();
    it.platform = () => ({ result: answer(401), afterMs: 1 });
    it.identify('one', 'ann', { a: 1 });
    it.identify('two', 'ann', { b: 1 });
    it.identify('three', 'ann', { c: 1 });
    it.track('order', 'ann');
    it.clock.advance(600_000);
    expect(new Set(it.requests.map((request) => request.split(' ')[1]))).toEqual(new Set(['one', 'order']));
    it.platform = () => OK;
    it.clock.advance(61_000);
    expect(it.idsOf('delivered')).toHaveLength(4);
    const order = it.requests.map((request) => request.split(' ')[1]).filter((label) => label !== 'order');
    expect(order.slice(-3)).toEqual(['one', 'two', 'three']);
  });
});
