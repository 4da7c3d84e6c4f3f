import { expect, test } from '@jest/globals';
import { CUT_OFF } from '../../lib/delivery/reading.js';
import { LaneBench, OK } from '../support/a-lane.js';

test('a request that a closing socket cut off before its turn is sent again at once, and is not counted as a failure', () => {
  const it = new LaneBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 8 } });
  let cut = 0;
  it.platform = () => (cut++ < 6 ? { result: { failure: CUT_OFF } } : OK);
  it.give(8);
  it.clock.advance(100);
  expect(it.ledger).toMatchObject({ delivered: 8, pending: 0 });
  expect(it.lane.state.retries).toBe(6);
  expect(it.spoken.all).toEqual([]);
});
