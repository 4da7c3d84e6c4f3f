import { describe, expect, test } from '@jest/globals';
import { MemoryBuffer } from '../../../lib/buffer/memory/memory-buffer.js';
import type { MemoryOptions } from '../../../lib/buffer/memory/memory-options.js';
import type { StoredEvent } from '../../../lib/buffer/event-buffer.js';
import { anEvent } from '../../destinations/an-event.js';
import { bufferSetup } from '../../support/buffer-setup.js';

const A = { lane: 'a' };
const B = { lane: 'b' };
const BOTH = [A, B];
/** A text so long that a lane does not keep a few hundred events as objects. */
const TEXT = 'x'.repeat(1_000);
const SIZE = 1_250;
const ALL = { maxEvents: 1_000_000, maxBytes: 1_000_000_000 };

function aBuffer(options: Partial<MemoryOptions> = {}) {
  const dropped: string[] = [];
  const buffer = new MemoryBuffer(
    { maxEvents: 100_000, maxBytes: 64_000_000, onFull: 'dropOldest', ...options },
    bufferSetup({
      lanes: ['a', 'b'],
      deadLetters: { maxEvents: 10, maxBytes: 1_000_000_000 },
      onDropped: (_held, lane, reason) => dropped.push(`${lane} ${reason}`),
    }),
  );
  return { buffer, dropped };
}

const offer = (buffer: MemoryBuffer, name: string, routes: readonly { lane: string }[], text = TEXT) =>
  buffer.offer(anEvent({ name, properties: { text } }), SIZE - TEXT.length + text.length, routes);

/** Delivers all pending events; returns their names in order. */
function drain(buffer: MemoryBuffer, lane: string): string[] {
  const names: string[] = [];
  for (let lease = buffer.lease(lane, ALL); lease !== undefined; lease = buffer.lease(lane, ALL)) {
    names.push(...lease.events.map((held: StoredEvent) => held.event.name));
    buffer.settle(lane, lease.token, lease.events, { state: 'delivered' });
  }
  return names;
}

describe('events outside of the heap', () => {
  test('come back unchanged and in order, to every lane in which they are pending', () => {
    const { buffer } = aBuffer();
    const names = Array.from({ length: 2_000 }, (_, i) => `Event ${i}`);
    for (const name of names) offer(buffer, name, BOTH, `${TEXT}é\u0000\ud800"`);
    const [first] = buffer.lease('a', { ...ALL, maxEvents: 1 })!.events;
    expect(first!.json).toBeDefined();
    expect(first!.event).toEqual(
      anEvent({ ...first!.event, name: 'Event 0', properties: { text: `${TEXT}é\u0000\ud800"` } }),
    );
    expect(drain(buffer, 'b')).toEqual(names);
    expect(drain(buffer, 'a')).toEqual(names.slice(1));
  });

  test('stay in order behind an event of one lane only', () => {
    const { buffer } = aBuffer();
    offer(buffer, 'only b', [B]);
    for (let i = 0; i < 3_000; i++) offer(buffer, `Event ${i}`, i % 3 === 0 ? [A] : BOTH);
    const forB = Array.from({ length: 3_000 }, (_, i) => `Event ${i}`).filter((_, i) => i % 3 !== 0);
    expect(buffer.oldest('b')!.event.name).toBe('only b');
    expect(drain(buffer, 'b')).toEqual(['only b', ...forB]);
    expect(drain(buffer, 'a')).toHaveLength(3_000);
    expect(buffer.residentBytes).toBe(0);
  });

  test('are dropped oldest first, also if lanes have different events', () => {
    const { buffer, dropped } = aBuffer({ maxBytes: 2_000_000 });
    offer(buffer, 'only b', [B]);
    for (let i = 0; i < 3_000; i++) {
      offer(buffer, `Event ${i}`, i % 3 === 0 ? [A] : BOTH);
      expect(buffer.residentBytes).toBeLessThanOrEqual(2_000_000 + 200_000);
    }
    expect(dropped[0]).toBe('b buffer_full');
    for (const lane of ['a', 'b']) {
      const left = drain(buffer, lane);
      expect(left.at(-1)).toBe('Event 2999');
      expect(left).toHaveLength(buffer.ledger(lane).delivered);
    }
    expect(buffer.residentBytes).toBe(0);
  });

  test('are delivered once if some were returned before the others left the heap', () => {
    const { buffer } = aBuffer();
    for (let i = 0; i < 100; i++) offer(buffer, `Event ${i}`, BOTH);
    const lease = buffer.lease('a', { ...ALL, maxEvents: 10 })!;
    buffer.settle('a', lease.token, lease.events, { state: 'returned' });
    for (let i = 100; i < 1_000; i++) offer(buffer, `Event ${i}`, BOTH);
    const names = Array.from({ length: 1_000 }, (_, i) => `Event ${i}`);
    expect(drain(buffer, 'a')).toEqual(names);
    expect(drain(buffer, 'b')).toEqual(names);
    expect(buffer.ledger('a')).toMatchObject({ accepted: 1_000, delivered: 1_000, pending: 0 });
    expect(buffer.waiting('a')).toEqual({ events: 0, bytes: 0 });
    expect(buffer.residentBytes).toBe(0);
  });

  test('count once, also with several copies', () => {
    const { buffer, dropped } = aBuffer({ maxEvents: 1_000 });
    for (let i = 0; i < 900; i++) offer(buffer, `Event ${i}`, BOTH);
    buffer.lease('a', { ...ALL, maxEvents: 1 });
    for (let i = 900; i < 1_000; i++) offer(buffer, `Event ${i}`, BOTH);
    expect(dropped).toEqual([]);
  });

  test('do not reuse a large block for small events', () => {
    const { buffer, dropped } = aBuffer({ maxBytes: 16_000_000 });
    const huge = 'x'.repeat(900_000);
    for (let i = 0; i < 20; i++) {
      offer(buffer, `Huge ${i}`, [A], huge);
      drain(buffer, 'a');
    }
    for (let i = 0; i < 5_000; i++) offer(buffer, `Event ${i}`, [A]);
    expect(dropped).toEqual([]);
    expect(buffer.residentBytes).toBeLessThan(8_000_000);
  });
});

test('an event without room drops no other event', () => {
  const { buffer, dropped } = aBuffer({ maxBytes: 1_000_000 });
  for (let i = 0; i < 300; i++) offer(buffer, `Event ${i}`, [A]);
  buffer.lease('a', { ...ALL, maxEvents: 100 });
  const refusal = offer(buffer, 'Huge', BOTH, 'x'.repeat(600_000));
  expect(refusal).toEqual({ reason: 'buffer_full', lanes: ['a', 'b'] });
  expect(dropped).toEqual([]);
});
