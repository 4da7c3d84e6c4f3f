import { describe, expect, test } from '@jest/globals';
import {
  historyOf as historyLine,
  type HistoryCount,
} from '../../../../lib/buffer/journal/format/history-line.js';
import type { TrackingEvent } from '../../../../lib/event/tracking-event.js';
import { aKeyedEvent, anEvent, NEW_YEAR } from '../../../support/an-event.js';
import { readLines } from '../../../support/checked-lines.js';
import { Desk, DIRECTORY, expectBalanced, type Application } from '../commands/desk.js';

const SEGMENT_BYTES = 65_536;
const DAY_MS = 86_400_000;
const BOTH = ['shop', 'hook'];
const ROUND_TURNS = 250;

/** More than two segments. */
function manyEvents(lanes = BOTH): TrackingEvent[] {
  return Array.from({ length: 300 }, (_, n) =>
    anEvent({ name: n % 3 === 0 ? 'Paid' : 'Signed Up', properties: { n, text: 'x'.repeat(300) }, lanes }),
  );
}

/** Accepts events in groups. */
async function acceptAll(desk: Desk, application: Application, events: TrackingEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += 50) {
    await desk.accept(application, ...events.slice(at, at + 50));
  }
}

const segmentsOf = (desk: Desk): string[] =>
  [...desk.contents().keys()].filter((path) => /\d-\d+\.jsonl$/.test(path));

const historyOf = (desk: Desk): HistoryCount[] =>
  [...desk.contents()]
    .filter(([path]) => path.endsWith('/history.jsonl'))
    .flatMap(([, text]) => readLines(text, historyLine).lines)
    .flatMap((line) => ('keys' in line ? [] : [line]));

describe('a segment', () => {
  test('is kept as long as one of its events is pending in a lane', async () => {
    const desk = new Desk();
    const application = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
    await acceptAll(desk, application, manyEvents());
    await desk.turns(ROUND_TURNS);
    const before = segmentsOf(desk);
    await desk.deliver(application, 'shop');
    await desk.turns(ROUND_TURNS);

    expect(segmentsOf(desk)).toEqual(before);
    expect(before.length).toBeGreaterThan(2);
  });

  test('is deleted with its acknowledgements when all events are settled, and leaves its counts', async () => {
    const desk = new Desk();
    const application = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
    await acceptAll(desk, application, manyEvents());
    await desk.deliver(application, 'shop');
    await desk.deliver(application, 'hook');
    await desk.when(() => segmentsOf(desk).length === 1);
    await desk.turns(ROUND_TURNS);

    const counted = new Map<string, number>();
    for (const line of historyOf(desk)) {
      expect(line).toMatchObject({ hour: '2026-01-01T00', type: 'track', state: 'delivered' });
      const key = `${line.lane} ${line.name}`;
      counted.set(key, (counted.get(key) ?? 0) + line.count);
    }
    // The rest is in the segment that is still written.
    const left = segmentsOf(desk);
    const inSegments = left.flatMap((path) => desk.files.text(path).match(/"name":"Paid"/g) ?? []).length;
    expect(left).toHaveLength(1);
    expect(counted.get('shop Paid')! + inSegments).toBe(100);
    expect(counted.get('hook Signed Up')).toBe(counted.get('shop Signed Up'));
    const acknowledgements = [...desk.contents().keys()].filter((path) => path.endsWith('.acks'));
    expect(acknowledgements.length).toBeLessThanOrEqual(1);
    expectBalanced(application);
  });

  test('is kept for its days if it is within the bytes', async () => {
    const desk = new Desk();
    const application = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, retain: { days: 2 } });
    await acceptAll(desk, application, manyEvents());
    await desk.deliver(application, 'shop');
    await desk.deliver(application, 'hook');
    const before = segmentsOf(desk).length;
    await desk.turns(ROUND_TURNS);
    expect(segmentsOf(desk)).toHaveLength(before);

    desk.clock.advance(2 * DAY_MS);
    await desk.when(() => segmentsOf(desk).length < before);
  });

  test.each([false, true])(
    'is kept for no more than its days where the clock was set back (restart: %s)',
    async (restarts) => {
      const desk = new Desk();
      const options = { segmentBytes: SEGMENT_BYTES, retain: { days: 2 } };
      let application = await desk.open(BOTH, options);
      desk.clock.jump(365 * DAY_MS);
      const acceptedAt = desk.clock.now();
      await acceptAll(
        desk,
        application,
        manyEvents().map((event) => ({ ...event, acceptedAt })),
      );
      await desk.deliver(application, 'shop');
      await desk.deliver(application, 'hook');
      desk.clock.jump(-365 * DAY_MS);
      if (restarts) {
        await desk.close(application);
        application = await desk.open(BOTH, options);
      }
      const before = segmentsOf(desk).length;
      await desk.turns(ROUND_TURNS);
      expect(segmentsOf(desk)).toHaveLength(before);

      desk.clock.advance(2 * DAY_MS);
      await desk.when(() => segmentsOf(desk).length < before);
    },
  );

  test('leaves the keys of its events to the next process', async () => {
    const desk = new Desk();
    const first = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
    const keyed = aKeyedEvent('order 1001', { lanes: BOTH });
    await acceptAll(desk, first, [keyed, ...manyEvents()]);
    const [oldest] = segmentsOf(desk);
    await desk.deliver(first, 'shop');
    await desk.deliver(first, 'hook');
    await desk.when(() => !segmentsOf(desk).includes(oldest!));
    desk.kill(first);
    await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });

    expect(desk.keys).toContainEqual({ id: keyed.id, at: NEW_YEAR });
  });

  test('is counted once after a crash at any point of its deletion', async () => {
    const desk = new Desk();
    const application = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
    await acceptAll(desk, application, manyEvents());
    const stuck = desk.files.hang(({ kind, path }) => kind === 'remove' && path.endsWith('.jsonl'));
    await desk.deliver(application, 'shop');
    await desk.deliver(application, 'hook');
    await desk.when(() => historyOf(desk).length > 0);
    stuck.release();
    desk.kill(application);
    await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
    // Its own, which is empty.
    await desk.when(() => segmentsOf(desk).length === 1);
    await desk.turns(ROUND_TURNS);

    const paid = historyOf(desk).filter(({ name, lane }) => name === 'Paid' && lane === 'shop');
    expect(paid.reduce((sum, { count }) => sum + count, 0)).toBe(100);
  });

  test('is deleted with its folder if it is the last one of an earlier process', async () => {
    const desk = new Desk();
    const first = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES });
    await acceptAll(desk, first, manyEvents());
    desk.kill(first);
    const second = await desk.open(BOTH, { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
    await desk.deliver(second, 'shop');
    await desk.deliver(second, 'hook');
    const group = desk.names(DIRECTORY)[0]!;
    await desk.when(() => desk.names(`${DIRECTORY}/${group}`).length === 1);

    const paid = historyOf(desk).filter(({ name, lane }) => name === 'Paid' && lane === 'hook');
    expect(paid.reduce((sum, { count }) => sum + count, 0)).toBe(100);
  });
});
