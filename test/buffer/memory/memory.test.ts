import { describe, expect, test } from '@jest/globals';
import type { EventBuffer } from '../../../lib/buffer/event-buffer.js';
import { memory } from '../../../lib/buffer/memory/memory.js';
import type { MemoryOptions } from '../../../lib/buffer/memory/memory-options.js';
import type { HeldEvent } from '../../../lib/event/lane-event.js';
import { anEvent } from '../../support/an-event.js';
import { bufferSetup } from '../../support/buffer-setup.js';
import { lettersOf } from '../../support/letters-of.js';

const ALL = { maxEvents: 1_000, maxBytes: 1e9 };

function aBuffer(options: MemoryOptions, lanes = ['up', 'down']) {
  const dropped: string[] = [];
  const work: string[] = [];
  const buffer = memory(options).create(
    bufferSetup({
      lanes,
      deadLetters: { maxEvents: 10, maxBytes: 1_000_000_000 },
      onWork: (lane) => work.push(lane),
      onDropped: ({ event }, lane, reason) => dropped.push(`${lane} ${event.name} ${reason}`),
    }),
  );
  const offer = (name: string, to = lanes, size = 300) =>
    buffer.offer(
      anEvent({ name }),
      size,
      to.map((lane) => ({ lane })),
    );
  return { buffer, offer, dropped, work };
}

function deliver(buffer: EventBuffer, lane: string): string[] {
  const names: string[] = [];
  for (let lease = buffer.lease(lane, ALL); lease !== undefined; lease = buffer.lease(lane, ALL)) {
    names.push(...lease.events.map(({ event }) => event.name));
    buffer.settle(lane, lease.token, lease.events, { state: 'delivered' });
  }
  return names;
}

describe('memory()', () => {
  test('hands out events in the order of acceptance', () => {
    const { buffer, offer } = aBuffer({}, ['up']);
    for (const name of ['A', 'B', 'C']) offer(name);
    expect(deliver(buffer, 'up')).toEqual(['A', 'B', 'C']);
  });

  test('keeps dead letters in the order of their events, also if several are settled at once', async () => {
    const { buffer, offer } = aBuffer({}, ['up']);
    for (const name of ['A', 'B', 'C']) offer(name);
    const lease = buffer.lease('up', ALL)!;
    buffer.settle('up', lease.token, lease.events, { state: 'dead', reason: 'refused', attempts: 1 });
    expect((await lettersOf(buffer, 'up')).map(({ event }) => event.name)).toEqual(['A', 'B', 'C']);
  });

  test('reports which lanes have work', () => {
    const { offer, work } = aBuffer({});
    offer('A');
    offer('B', ['up']);
    expect(work).toEqual(['up', 'down', 'up']);
  });

  test('puts returned events to the front, in order', () => {
    const { buffer, offer } = aBuffer({}, ['up']);
    for (const name of ['A', 'B', 'C', 'D']) offer(name);
    const lease = buffer.lease('up', { maxEvents: 3, maxBytes: 1e9 })!;
    buffer.settle('up', lease.token, lease.events, { state: 'returned' });
    expect(deliver(buffer, 'up')).toEqual(['A', 'B', 'C', 'D']);
  });

  test('commits at once, as buffered', async () => {
    const { buffer } = aBuffer({});
    expect(await buffer.commit()).toBe('buffered');
    expect(buffer.durable).toBe(false);
  });

  test('keeps dead letters with the answer of the platform, up to a limit', async () => {
    const { buffer, offer, dropped } = aBuffer({}, ['up']);
    for (let i = 0; i < 12; i++) {
      offer(`Event ${i}`);
      const { token, events } = buffer.lease('up', ALL)!;
      buffer.settle('up', token, events, { state: 'dead', reason: 'refused', attempts: 2, answer: '400 no' });
    }
    const letters = await lettersOf(buffer, 'up');
    expect(letters).toHaveLength(10);
    expect(letters[0]).toEqual({
      event: expect.objectContaining({ name: 'Event 2' }),
      lane: 'up',
      reason: 'refused',
      attempts: 2,
      answer: '400 no',
    });
    expect(dropped).toEqual(['up Event 0 dead_letters_full', 'up Event 1 dead_letters_full']);
    expect(buffer.ledger('up')).toMatchObject({
      accepted: 12,
      dead: 10,
      dropped: { dead_letters_full: 2 },
      pending: 0,
    });
  });

  test('ends a lease at a change of part', () => {
    const { buffer, offer } = aBuffer({}, ['up']);
    for (const name of ['A', 'A', 'B', 'A']) offer(name);
    const partition = (held: { event: { name: string } }) => held.event.name;
    const sizes: number[] = [];
    for (let i = 0; i < 3; i++) sizes.push(buffer.lease('up', { ...ALL, partition })!.events.length);
    expect(sizes).toEqual([2, 1, 1]);
  });

  test('passes over calls to lease `track` events of one part, and vice versa, and keeps their order', () => {
    const { buffer } = aBuffer({}, ['up']);
    const partition = ({ event }: HeldEvent) => (event.type === 'alias' ? 'track' : event.type);
    const types = ['track', 'identify', 'track', 'group', 'track', 'alias', 'track', 'identify'] as const;
    types.forEach((type, n) => buffer.offer(anEvent({ type, name: `${type} ${n}` }), 300, [{ lane: 'up' }]));
    const lease = (maxEvents = 500) =>
      buffer.lease('up', { ...ALL, maxEvents, partition })!.events.map(({ event }) => event.name);
    expect(lease(3)).toEqual(['track 0', 'track 2', 'track 4']);
    expect(lease()).toEqual(['identify 1']);
    expect(lease()).toEqual(['group 3']);
    // An alias that has the part of `track` events overtakes no call, and no call overtakes it.
    expect(lease()).toEqual(['alias 5', 'track 6']);
    expect(lease()).toEqual(['identify 7']);
  });

  test('throws for a lane that does not exist', () => {
    expect(() => aBuffer({}).buffer.waiting('nowhere')).toThrow("no lane 'nowhere'");
  });
});

describe('when it is full', () => {
  test('dropOldest drops the oldest event of the slow lane, and none of the other lane', () => {
    const { buffer, offer, dropped } = aBuffer({ maxEvents: 3 });
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      expect(offer(name)).toBeUndefined();
      expect(deliver(buffer, 'up')).toEqual([name]);
    }
    expect(dropped).toEqual(['down A buffer_full', 'down B buffer_full']);
    expect(deliver(buffer, 'down')).toEqual(['C', 'D', 'E']);
    expect(buffer.ledger('up').dropped).toEqual({});
  });

  test('rejectNewest rejects the new event for the slow lane, and accepts it for the other lane', () => {
    const { buffer, offer, dropped } = aBuffer({ maxEvents: 8, onFull: 'rejectNewest' });
    for (let i = 0; i < 50; i++) {
      const refusal = offer(`Event ${i}`);
      if (refusal !== undefined) expect(refusal).toEqual({ reason: 'buffer_full', lanes: ['down'] });
      expect(deliver(buffer, 'up')).toEqual([`Event ${i}`]);
    }
    const kept = deliver(buffer, 'down');
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(kept).toEqual(kept.map((_, i) => `Event ${i}`));
    expect(dropped).toEqual([]);
  });

  test.each(['dropOldest', 'rejectNewest'] as const)(
    '%s: lanes that are down with events of their own leave room for one that is up',
    (onFull) => {
      const { buffer, offer } = aBuffer({ maxEvents: 30, onFull }, ['up', 'down', 'dead', 'gone']);
      for (let i = 0; i < 100; i++) {
        for (const lane of ['down', 'dead', 'gone']) offer('Old', [lane]);
        // Leased events of a failing lane cannot be dropped.
        for (const lane of ['down', 'dead', 'gone']) buffer.lease(lane, { maxEvents: 1, maxBytes: 1e9 });
        expect(offer('New', ['up'])).toBeUndefined();
        expect(deliver(buffer, 'up')).toEqual(['New']);
      }
    },
  );

  test('an event that is larger than the buffer drops nothing', () => {
    const { buffer, offer, dropped } = aBuffer({ maxBytes: 100_000 }, ['up']);
    offer('Small');
    expect(offer('Huge', ['up'], 1_000_000)).toEqual({ reason: 'buffer_full', lanes: ['up'] });
    expect(dropped).toEqual([]);
    expect(deliver(buffer, 'up')).toEqual(['Small']);
  });

  test('a single lane has all the room', () => {
    for (const onFull of ['dropOldest', 'rejectNewest'] as const) {
      const { buffer, offer } = aBuffer({ maxEvents: 100, onFull }, ['up']);
      for (let i = 0; i < 100; i++) expect(offer('A')).toBeUndefined();
      expect(buffer.ledger('up').pending).toBe(100);
    }
  });
});
