import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BufferSetup, Lease, Settlement, StoredEvent } from '../../../lib/buffer/event-buffer.js';
import { entriesSize } from '../../../lib/buffer/entries.js';
import { MemoryBuffer } from '../../../lib/buffer/memory/memory-buffer.js';
import type { OnFull } from '../../../lib/buffer/memory/memory-options.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { total } from '../../support/accounting.js';
import { entryOf } from '../../support/an-entry.js';
import { anEvent } from '../../support/an-event.js';
import { bufferSetup } from '../../support/buffer-setup.js';

const LANES = ['a', 'b', 'c'];
/** Bytes of a block outside of the heap, beside its events. */
const BLOCK_BYTES = 80_000;

type Command =
  | { readonly what: 'offer'; readonly lanes: readonly string[]; readonly units: number }
  | { readonly what: 'lease'; readonly lane: string; readonly maxEvents: number; readonly maxBytes: number }
  | {
      readonly what: 'settle';
      readonly lane: string;
      readonly pick: number;
      readonly every: number;
      readonly state: Settlement['state'];
    };

const lane = fc.constantFrom(...LANES);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('offer' as const),
      lanes: fc.oneof(fc.constant(LANES), fc.subarray(LANES, { minLength: 1 })),
      units: fc.oneof(fc.nat(500), fc.nat(40_000)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('lease' as const),
      lane,
      maxEvents: fc.integer({ min: 1, max: 8 }),
      maxBytes: fc.constantFrom(1, 1_000, 100_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('settle' as const),
      lane,
      pick: fc.nat(5),
      every: fc.integer({ min: 1, max: 3 }),
      state: fc.constantFrom('delivered' as const, 'dead' as const, 'dropped' as const, 'returned' as const),
    }),
  },
);
const bounds = fc.record({
  maxEvents: fc.oneof(fc.integer({ min: 6, max: 40 }), fc.constant(10_000)),
  maxBytes: fc.oneof(fc.integer({ min: 10_000, max: 200_000 }), fc.constant(2_000_000)),
  onFull: fc.constantFrom<OnFull>('dropOldest', 'rejectNewest'),
  deadLetters: fc.record({
    maxEvents: fc.constantFrom(0, 2, 1_000),
    maxBytes: fc.constantFrom(0, 5_000, 1_000_000),
  }),
});

/** ASCII text and text with more bytes than characters, alternating. */
function textOf(units: number): string {
  const unit = ['x', 'ü', '"', '🧀', '\ud800', 'x'][units % 6]!;
  return unit.repeat(units / unit.length);
}

interface Out {
  readonly token: number;
  readonly events: StoredEvent[];
}

/** The observable state of one lane. */
class LaneModel {
  readonly waiting = new Set<string>();
  out: Out[] = [];
  accepted = 0;
  delivered = 0;
  dropped = 0;
  readonly dead: string[] = [];
}

/** The buffer, and its expected state by its inputs and outputs. */
class Model {
  readonly lanes = new Map(LANES.map((name) => [name, new LaneModel()]));
  readonly buffer: MemoryBuffer;
  readonly #texts = new Map<string, string>();
  /** By lane and id. */
  readonly #entries = new Map<string, string | undefined>();
  #largest = 0;

  constructor(
    private readonly setup: {
      maxEvents: number;
      maxBytes: number;
      onFull: OnFull;
      deadLetters: BufferSetup['deadLetters'];
    },
  ) {
    const { deadLetters, ...options } = setup;
    this.buffer = new MemoryBuffer(
      options,
      bufferSetup({
        lanes: LANES,
        deadLetters,
        onWork: (_, { events }, added) => {
          expect(events).toBeGreaterThan(0);
          expect(added).toBe(1);
        },
        onDropped: (held, name, reason) => this.#dropped(held.event.id, name, reason),
      }),
    );
  }

  apply(command: Command): void {
    if (command.what === 'offer') this.#offer(command.lanes, command.units);
    else if (command.what === 'lease') this.#lease(command.lane, command);
    else this.#settle(command.lane, command);
    this.#check();
  }

  /** Delivers all pending events, leased or not. */
  drain(): void {
    for (const [name, model] of this.lanes) {
      for (let rounds = 0; model.waiting.size > 0 || model.out.length > 0; rounds++) {
        expect(rounds).toBeLessThan(10_000);
        while (model.out.length > 0)
          this.apply({ what: 'settle', lane: name, pick: 0, every: 1, state: 'delivered' });
        this.apply({ what: 'lease', lane: name, maxEvents: 100, maxBytes: 1_000_000 });
      }
    }
  }

  #offer(lanes: readonly string[], units: number): void {
    const event: TrackingEvent = anEvent({ properties: { text: textOf(units) }, lanes });
    this.#texts.set(event.id, JSON.stringify(event.properties));
    const size = units + 250;
    const routes = lanes.map((name) => ({ lane: name, entry: entryOf(name, units) }));
    const resident = 700 + 1.5 * (size + entriesSize(routes));
    const idle = lanes.filter((name) => this.#held(name) === 0);
    const heldBefore = this.#pending.size;
    for (const { lane: name, entry } of routes)
      this.#entries.set(`${name} ${event.id}`, JSON.stringify(entry));
    const refusal = this.buffer.offer(event, size, routes);
    const refused = refusal?.lanes ?? [];
    if (refusal !== undefined) expect(refusal.reason).toBe('buffer_full');
    this.#largest = Math.max(this.#largest, resident);
    // A lane without events always has room, as long as no event is as large as a lane's part.
    if (this.#largest <= this.setup.maxBytes / 16) {
      expect(refused.filter((name) => idle.includes(name))).toEqual([]);
    }
    if (resident > this.setup.maxBytes) {
      expect({ refused, held: this.#pending.size }).toEqual({ refused: lanes, held: heldBefore });
    }
    for (const name of lanes.filter((each) => !refused.includes(each))) {
      const model = this.lanes.get(name)!;
      model.accepted++;
      model.waiting.add(event.id);
    }
    if (refused.length < lanes.length) {
      expect(this.buffer.residentBytes).toBeLessThanOrEqual(this.setup.maxBytes + LANES.length * BLOCK_BYTES);
    }
  }

  #lease(name: string, limits: { maxEvents: number; maxBytes: number }): void {
    const model = this.lanes.get(name)!;
    const lease: Lease | undefined = this.buffer.lease(name, limits);
    if (lease === undefined) {
      // Only a lane with many leased events may get no lease.
      if (model.out.length === 0) expect(model.waiting.size).toBe(0);
      return;
    }
    const { token, events } = lease;
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThanOrEqual(limits.maxEvents);
    if (events.length > 1)
      expect(events.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(limits.maxBytes);
    for (const held of events) {
      const { id, properties, lanes } = held.event;
      expect(model.waiting.delete(id)).toBe(true);
      expect(JSON.stringify(properties)).toBe(this.#texts.get(id));
      expect({ entry: JSON.stringify(held.entry), lane: lanes.includes(name) }).toEqual({
        entry: this.#entries.get(`${name} ${id}`),
        lane: true,
      });
    }
    model.out.push({ token, events: [...events] });
  }

  #settle(
    name: string,
    { pick, every, state }: { pick: number; every: number; state: Settlement['state'] },
  ): void {
    const model = this.lanes.get(name)!;
    if (model.out.length === 0) return;
    const out = model.out[pick % model.out.length]!;
    const settled = out.events.filter((_, i) => i % every === 0);
    const left = out.events.filter((held) => !settled.includes(held));
    model.out = model.out
      .map((each) => (each === out ? { ...out, events: left } : each))
      .filter(({ events }) => events.length > 0);
    for (const { event } of settled) {
      if (state === 'returned') model.waiting.add(event.id);
      else if (state === 'delivered') model.delivered++;
      else if (state === 'dead') model.dead.push(event.id);
      // 'dropped' is counted by the report of it.
    }
    const settlement = { state, reason: state === 'dead' ? 'refused' : 'expired', attempts: 1 } as Settlement;
    this.buffer.settle(name, out.token, settled, settlement);
    // A second settlement, or one with another token, is ignored.
    this.buffer.settle(name, out.token, settled, { state: 'delivered' });
    this.buffer.settle(name, out.token + 1_000_000, left, { state: 'delivered' });
  }

  #dropped(id: string, name: string, reason: string): void {
    const model = this.lanes.get(name)!;
    model.dropped++;
    if (reason === 'dead_letters_full') expect(model.dead.splice(model.dead.indexOf(id), 1)).toEqual([id]);
    else if (reason === 'buffer_full') {
      // A leased event never leaves its lane.
      expect(model.waiting.delete(id)).toBe(true);
    } else expect(reason).toBe('expired');
  }

  #held(name: string): number {
    const { waiting, out } = this.lanes.get(name)!;
    return waiting.size + out.reduce((sum, { events }) => sum + events.length, 0);
  }

  get #pending(): Set<string> {
    const all = new Set<string>();
    for (const { waiting, out } of this.lanes.values()) {
      for (const id of waiting) all.add(id);
      for (const { events } of out) for (const { event } of events) all.add(event.id);
    }
    return all;
  }

  #check(): void {
    expect(this.#pending.size).toBeLessThanOrEqual(this.setup.maxEvents);
    for (const [name, model] of this.lanes) {
      const { accepted, delivered, pending, dead, dropped, ...others } = this.buffer.ledger(name);
      expect({ accepted, delivered, pending, dead, dropped: total(dropped) }).toEqual({
        accepted: model.accepted,
        delivered: model.delivered,
        pending: this.#held(name),
        dead: model.dead.length,
        dropped: model.dropped,
      });
      expect(accepted).toBe(delivered + pending + dead + total(dropped));
      expect(others).toEqual({ recovered: 0, adopted: 0, replayed: 0, handedOver: 0, redriven: 0 });
      expect(this.buffer.waiting(name).events).toBe(model.waiting.size);
      expect(
        this.buffer
          .deadLetters(name)
          .map(({ event }) => event.id)
          .toSorted(),
      ).toEqual(model.dead.toSorted());
      expect(dead).toBeLessThanOrEqual(this.setup.deadLetters.maxEvents);
    }
  }
}

describe('for any sequence of calls', () => {
  test('no event is lost or duplicated, every bound holds, and the accounts agree at every step', () => {
    fc.assert(
      fc.property(bounds, fc.array(command, { maxLength: 80 }), (setup, commands) => {
        const model = new Model(setup);
        for (const each of commands) model.apply(each);
        model.drain();
        expect(model.buffer.residentBytes).toBe(0);
        for (const name of LANES) {
          expect(model.buffer.oldest(name)).toBeUndefined();
          expect(model.buffer.waiting(name)).toEqual({ events: 0, bytes: 0 });
        }
      }),
      { numRuns: 200 },
    );
  });

  test('closing drops and counts the pending events, and no settled event', () => {
    fc.assert(
      fc.property(bounds, fc.array(command, { maxLength: 40 }), (setup, commands) => {
        const dropped: string[] = [];
        const { deadLetters, ...options } = setup;
        const buffer = new MemoryBuffer(
          options,
          bufferSetup({
            lanes: LANES,
            deadLetters,
            onDropped: (held, name, reason) =>
              void (reason === 'closed' && dropped.push(`${name} ${held.event.id}`)),
          }),
        );
        const waiting = new Set<string>();
        for (const each of commands) {
          if (each.what !== 'offer' || buffer.residentBytes > options.maxBytes / 2) continue;
          const event = anEvent();
          const refused =
            buffer.offer(
              event,
              each.units,
              each.lanes.map((name) => ({ lane: name })),
            )?.lanes ?? [];
          for (const name of each.lanes) if (!refused.includes(name)) waiting.add(`${name} ${event.id}`);
        }
        const pending = LANES.reduce((sum, name) => sum + buffer.ledger(name).pending, 0);
        void buffer.close();
        expect(dropped).toHaveLength(pending);
        expect(dropped.filter((each) => !waiting.has(each))).toEqual([]);
        for (const name of LANES) expect(buffer.ledger(name).pending).toBe(0);
        expect(buffer.residentBytes).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
