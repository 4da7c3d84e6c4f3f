import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Route, StoredEvent } from '../../../lib/buffer/event-buffer.js';
import { MemoryBuffer } from '../../../lib/buffer/memory/memory-buffer.js';
import type { LaneEntry } from '../../../lib/event/lane-event.js';
import { anyEntry } from '../../support/an-entry.js';
import { anEvent } from '../../support/an-event.js';
import { bufferSetup } from '../../support/buffer-setup.js';

const ALL = { maxEvents: 1_000_000, maxBytes: 1_000_000_000 };
/** A text so long that a lane does not keep a hundred events as objects. */
const TEXT = 'x'.repeat(10_000);
const COLD = 150;

const aBuffer = (lanes: readonly string[]) =>
  new MemoryBuffer(
    { maxEvents: 100_000, maxBytes: 64_000_000, onFull: 'dropOldest' },
    bufferSetup({ lanes, deadLetters: { maxEvents: 10, maxBytes: 1_000_000 } }),
  );

function offer(buffer: MemoryBuffer, routes: readonly Route[], text = TEXT): void {
  const lanes = routes.map(({ lane }) => lane);
  expect(buffer.offer(anEvent({ properties: { text }, lanes }), text.length + 250, routes)).toBeUndefined();
}

function drain(buffer: MemoryBuffer, lane: string): StoredEvent[] {
  const { token, events } = buffer.lease(lane, ALL)!;
  buffer.settle(lane, token, events, { state: 'delivered' });
  return [...events];
}

const asJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

test('a lane gets its own entry of an event, from the heap and from outside of it', () => {
  const perLane = fc.option(anyEntry, { nil: undefined });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(perLane, perLane, perLane), { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (all, cold) => {
        const lanes = ['a', 'b', 'c'];
        const buffer = aBuffer(lanes);
        for (const entries of all)
          offer(
            buffer,
            entries.map((entry, i) => ({ lane: lanes[i]!, entry })),
            'x',
          );
        if (cold)
          for (let i = 0; i < COLD; i++)
            offer(
              buffer,
              lanes.map((lane) => ({ lane })),
            );
        for (const [i, lane] of lanes.entries()) {
          const events = drain(buffer, lane).slice(0, all.length);
          expect(events[0]!.json !== undefined).toBe(cold);
          expect(events.map(({ entry }) => asJson(entry))).toEqual(all.map((entries) => asJson(entries[i])));
          expect(buffer.waiting(lane)).toEqual({ events: 0, bytes: 0 });
        }
        expect(buffer.residentBytes).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('an entry leaves the heap with its event', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const buffer = aBuffer(['a']);
  const watched = (function offerWatched() {
    const entry: LaneEntry = { properties: { text: TEXT } };
    offer(buffer, [{ lane: 'a', entry }]);
    return new WeakRef(entry);
  })();
  for (let i = 0; i < COLD; i++) offer(buffer, [{ lane: 'a', entry: { note: i } }]);
  // The target of a WeakRef lives until the end of the job that made it.
  await new Promise(setImmediate);
  collect();
  expect(watched.deref()).toBeUndefined();
  expect(buffer.oldest('a')!.entry).toEqual({ properties: { text: TEXT } });
});

test('an entry counts for the bound, for batches and in a dead letter, which does not show the person', () => {
  const buffer = aBuffer(['a', 'b']);
  const entry = { properties: { text: TEXT }, person: { email: 'e'.repeat(64) } };
  offer(buffer, [{ lane: 'a', entry }, { lane: 'b' }], 'x');
  expect(buffer.residentBytes).toBeGreaterThan(1.5 * TEXT.length);
  expect(buffer.waiting('a').bytes).toBeGreaterThan(TEXT.length);
  expect(buffer.waiting('b').bytes).toBeLessThan(1_000);
  const { token, events } = buffer.lease('a', ALL)!;
  expect(events[0]!.entry).toEqual(entry);
  buffer.settle('a', token, events, { state: 'dead', reason: 'refused', attempts: 1 });
  expect(buffer.deadLetters('a')).toMatchObject([{ entry: { properties: { text: TEXT } } }]);
  expect(JSON.stringify(buffer.deadLetters('a'))).not.toContain('email');
});
