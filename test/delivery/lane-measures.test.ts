import { describe, expect, test } from '@jest/globals';
import { Batch } from '../../lib/delivery/batch.js';
import { LaneMeasures } from '../../lib/delivery/lane-measures.js';
import { NO_SECRET } from '../../lib/delivery/lane-credentials.js';
import { ManualClock } from '../support/manual-clock.js';

/** A lane with so many requests of one event in flight. */
function laneOf(concurrency: number) {
  const clock = new ManualClock();
  const told: string[] = [];
  const ledger = { accepted: 0 };
  const measures = new LaneMeasures({
    destination: { name: 'shop', concurrency, batch: { maxEvents: 1, maxBytes: 1, maxDelayMs: 0 } },
    buffer: { ledger: () => ledger as never },
    clock,
    notice: (_, __, message) => told.push(message()),
  });
  const batch = Batch.of(1, []);
  return {
    told,
    measures,
    /** A request takes so long, and then so many events have come in. */
    roundTrip(ms: number, accepted = 0): void {
      const attempt = { batch, number: 1, known: 0, isWithheld: false, secret: NO_SECRET };
      const startedAt = clock.monotonic();
      clock.advance(ms);
      ledger.accepted = accepted;
      measures.delivered(batch, { ...attempt, startedAt }, true);
    },
    wait: (ms: number) => clock.advance(ms),
  };
}

describe('the capacity of a lane', () => {
  test('is unknown before the first round trip', () => {
    expect(laneOf(32).measures.figures.capacityPerSecond).toBeNull();
  });

  test('is the number of events in flight divided by the round trip', () => {
    const it = laneOf(32);
    it.roundTrip(50);
    expect(it.measures.figures.capacityPerSecond).toBe(640);
  });

  test('follows the round trips, slowly', () => {
    const it = laneOf(10);
    it.roundTrip(100);
    it.roundTrip(200);
    expect(it.measures.figures.capacityPerSecond).toBe(91);
    for (let i = 0; i < 100; i++) it.roundTrip(200);
    expect(it.measures.figures.capacityPerSecond).toBe(50);
  });

  test('is a number even if a round trip takes no time', () => {
    const it = laneOf(1);
    it.roundTrip(0);
    expect(it.measures.figures.capacityPerSecond).toBe(10_000);
  });

  test('is compared with the new events: one notice if more arrive for a minute', () => {
    const it = laneOf(10);
    for (let second = 1; second <= 300; second++) {
      it.wait(900);
      it.roundTrip(100, second * 200);
    }
    expect(it.told).toHaveLength(1);
    expect(it.told[0]).toContain('received 200 events/s for a minute and can deliver about 100/s');
  });

  test('gives no notice for a burst of less than a minute, or if the lane can deliver the events', () => {
    const it = laneOf(10);
    it.wait(29_000);
    it.roundTrip(100, 5_000);
    it.wait(31_000);
    it.roundTrip(100, 6_000);
    it.wait(61_000);
    it.roundTrip(100, 12_000);
    expect(it.told).toEqual([]);
  });
});
