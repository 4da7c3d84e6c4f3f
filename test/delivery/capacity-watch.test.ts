import { describe, expect, test } from '@jest/globals';
import { CapacityWatch } from '../../lib/delivery/capacity-watch.js';

function watch(inFlight: number) {
  const told: [number, number][] = [];
  return {
    told,
    watch: new CapacityWatch(inFlight, 1_000, (intake, capacity) => told.push([intake, capacity])),
  };
}

describe('what a lane can deliver', () => {
  test('is not known before the first round trip', () => {
    expect(watch(32).watch.perSecond).toBeNull();
  });

  test('is what may be in flight divided by the round trip', () => {
    const { watch: it } = watch(32);
    it.roundTrip(50, 1_050, () => 0);
    expect(it.perSecond).toBe(640);
  });

  test('follows the round trips, slowly', () => {
    const { watch: it } = watch(10);
    it.roundTrip(100, 1_100, () => 0);
    it.roundTrip(200, 1_300, () => 0);
    expect(it.perSecond).toBe(91);
    for (let i = 0; i < 100; i++) it.roundTrip(200, 1_300, () => 0);
    expect(it.perSecond).toBe(50);
  });

  test('is a number even where a round trip takes no time', () => {
    const { watch: it } = watch(1);
    it.roundTrip(0, 1_000, () => 0);
    expect(it.perSecond).toBe(10_000);
  });

  test('is told once when more than that came in for a minute', () => {
    const { watch: it, told } = watch(10);
    let intake = 0;
    for (let second = 1; second <= 300; second++) {
      intake += 200;
      it.roundTrip(100, 1_000 + second * 1_000, () => intake);
    }
    expect(told).toEqual([[200, 100]]);
  });

  test('is not told for a burst of less than a minute, or for what it can deliver', () => {
    const { watch: it, told } = watch(10);
    it.roundTrip(100, 30_000, () => 5_000);
    it.roundTrip(100, 61_000, () => 6_000);
    it.roundTrip(100, 122_000, () => 12_000);
    expect(told).toEqual([]);
  });
});
