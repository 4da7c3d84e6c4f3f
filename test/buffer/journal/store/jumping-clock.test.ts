import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anEvent } from '../../../support/an-event.js';
import { Desk, expectBalanced, type Application } from '../commands/desk.js';
import { SEGMENT_BYTES } from './on-disk.js';

const HOUR = 3_600_000;
const YEAR = 8_766 * HOUR;

const step = fc.oneof(
  fc.record({
    what: fc.constant('jump' as const),
    ms: fc.oneof(
      fc.constantFrom(-HOUR, HOUR, -40 * YEAR, 30 * YEAR),
      fc.integer({ min: -5_000, max: 5_000 }),
    ),
  }),
  fc.record({ what: fc.constant('accept' as const), count: fc.integer({ min: 1, max: 8 }) }),
  // So large that they are read back from disk.
  fc.record({ what: fc.constant('acceptMuch' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ what: fc.constant('wait' as const), ms: fc.nat(30_000) }),
  fc.record({ what: fc.constant('restart' as const), killed: fc.boolean() }),
  fc.constant({ what: 'deliver' as const }),
);

/** Every leased event was accepted in the past, and not before its process began. */
test('after any jump of the wall clock, no event is younger than now, and none is older than the process that accepted it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 15 }), async (steps) => {
      const desk = new Desk(['shop']);
      const open = (): Promise<Application> => desk.open(['shop'], { segmentBytes: SEGMENT_BYTES });
      let startedAt = desk.clock.monotonic();
      let application = await open();
      const own = new Set<string>();
      const given = new Set<string>();
      const got = new Set<string>();
      const accept = async (count: number, size: number): Promise<void> => {
        for (let n = 0; n < count; n++) {
          const event = anEvent({ acceptedAt: desk.clock.now(), timestamp: desk.clock.now() });
          own.add(event.id);
          given.add(event.id);
          expect(application.buffer.offer(event, size, [{ lane: 'shop' }])).toBeUndefined();
        }
        await desk.until(application.buffer.commit());
      };
      const deliver = async (): Promise<void> => {
        for (const { event, since } of await desk.deliver(application, 'shop')) {
          expect(since).toBeLessThanOrEqual(desk.clock.monotonic());
          if (own.has(event.id)) expect(since).toBeGreaterThanOrEqual(startedAt - 1);
          got.add(event.id);
        }
      };
      for (const each of steps) {
        if (each.what === 'jump') desk.clock.jump(each.ms);
        else if (each.what === 'accept') await accept(each.count, 300);
        else if (each.what === 'acceptMuch') await accept(each.count, 10_000_000);
        else if (each.what === 'wait') await desk.turns(10, each.ms / 10);
        else if (each.what === 'deliver') await deliver();
        else {
          if (each.killed) desk.kill(application);
          else await desk.close(application);
          startedAt = desk.clock.monotonic();
          application = await open();
          own.clear();
        }
      }
      await desk.turns(100);
      await deliver();
      expect([...got].toSorted()).toEqual([...given].toSorted());
      expectBalanced(application, ['shop']);
    }),
    { numRuns: 60 },
  );
});
