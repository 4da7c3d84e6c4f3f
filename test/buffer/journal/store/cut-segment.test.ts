import { describe, expect, test } from '@jest/globals';
import { basename } from 'node:path';
import { anEvent } from '../../../support/an-event.js';
import { Desk, expectBalanced } from '../commands/desk.js';

const SEGMENT_BYTES = 65_536;
const EVENTS = 300;
const GROUP = 20;

/** A journal of several finished segments, whose owner was killed. */
async function leave(desk: Desk): Promise<string[]> {
  const application = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES });
  for (let at = 0; at < EVENTS; at += GROUP) {
    await desk.accept(
      application,
      ...Array.from({ length: GROUP }, (_, n) =>
        anEvent({ properties: { n: at + n, text: 'x'.repeat(400) } }),
      ),
    );
  }
  desk.kill(application);
  return [...desk.contents().keys()].filter((path) => /\d-\d+\.jsonl$/.test(path)).sort();
}

describe('a finished segment that was truncated', () => {
  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['in the middle', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['to nothing', () => new Uint8Array(0)],
    ['to zeroes', (bytes) => new Uint8Array(bytes.length)],
    ['at the end of a line', (bytes) => bytes.subarray(0, bytes.lastIndexOf(10, bytes.length - 2) + 1)],
  ])('%s is reported, because no process crashed there', async (_, damage) => {
    const desk = new Desk(['shop']);
    const [first] = await leave(desk);
    desk.files.damage(first!, damage);
    const application = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES });
    const sent = await desk.deliver(application, 'shop');

    const lost = EVENTS - sent.length;
    expect(lost).toBeGreaterThan(0);
    expect(application.buffer.journal().damaged).toBe(lost);
    expectBalanced(application, ['shop']);
    const count = lost === 1 ? 'its last event is missing' : `its last ${lost} events are missing`;
    expect(desk.spoken.spoken.all.filter((line) => line.includes(basename(first!)))).toEqual([
      expect.stringContaining(`was truncated: ${count}`),
    ]);
  });

  test('differs from a segment whose process crashed', async () => {
    const desk = new Desk(['shop']);
    const segments = await leave(desk);
    desk.files.damage(segments.at(-1)!, (bytes) => bytes.subarray(0, bytes.length - 10));
    const application = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES });
    const sent = await desk.deliver(application, 'shop');

    expect(sent).toHaveLength(EVENTS - 1);
    expect(application.buffer.journal().damaged).toBe(0);
    expect(desk.spoken.spoken.all.filter((line) => line.includes(basename(segments.at(-1)!)))).toEqual([
      expect.stringContaining('one event is lost'),
    ]);
  });

  test('is not reported if the missing segment was deleted by the journal', async () => {
    const desk = new Desk(['shop']);
    const first = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES, retain: { bytes: 0 } });
    for (let at = 0; at < EVENTS; at += GROUP) {
      await desk.accept(
        first,
        ...Array.from({ length: GROUP }, (_, n) =>
          anEvent({ properties: { n: at + n, text: 'x'.repeat(400) } }),
        ),
      );
    }
    const lease = first.buffer.lease('shop', { maxEvents: 1, maxBytes: 1_000_000 })!;
    await desk.deliver(first, 'shop');
    await desk.when(() => first.buffer.journal().segments <= 2);
    expect(lease.events).toHaveLength(1);
    desk.kill(first);
    const second = await desk.open(['shop'], { segmentBytes: SEGMENT_BYTES });

    expect(await desk.deliver(second, 'shop')).toHaveLength(1);
    expect(second.buffer.journal().damaged).toBe(0);
  });
});
