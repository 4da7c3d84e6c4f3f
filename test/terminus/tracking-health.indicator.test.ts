import { describe, expect, test } from '@jest/globals';
import { HealthIndicatorService } from '@nestjs/terminus';
import { TrackingHealthIndicator } from '../../lib/terminus/index.js';
import type { TrackingHealthOptions } from '../../lib/terminus/index.js';
import type { LaneStats, TrackingStats } from '../../lib/stats.js';
import { reasonCounts } from '../../lib/event/reasons.js';
import type { Reason, ReasonCounts } from '../../lib/event/reasons.js';
import { ManualClock } from '../support/manual-clock.js';

const MINUTE = 60_000;

function aLane(parts: Partial<LaneStats> = {}): LaneStats {
  return {
    accepted: 0,
    recovered: 0,
    adopted: 0,
    replayed: 0,
    delivered: 0,
    pending: 0,
    dead: 0,
    dropped: reasonCounts(),
    handedOver: 0,
    redriven: 0,
    declined: reasonCounts(),
    unverified: 0,
    attempts: 0,
    retries: 0,
    parked: null,
    lastRefusal: null,
    oldestPendingMs: null,
    capacityPerSecond: null,
    ...parts,
  };
}

const times = (reason: Reason, count: number): ReasonCounts =>
  reasonCounts({ ...reasonCounts(), [reason]: count });

/** An indicator in front of an accounting that the test writes. */
class Bench {
  readonly clock = new ManualClock();
  lanes: Record<string, LaneStats> = { shop: aLane() };
  rejected = reasonCounts();
  journal: TrackingStats['journal'] = null;
  readonly indicator: TrackingHealthIndicator;

  constructor(terminus: HealthIndicatorService = new HealthIndicatorService()) {
    const { clock } = this;
    this.indicator = new TrackingHealthIndicator(terminus, { stats: () => this.#stats() }, clock);
  }

  async look(
    options?: TrackingHealthOptions,
  ): Promise<{ status: string; kinds: string[]; messages: string[] }> {
    const { tracking } = await this.indicator.isHealthy('tracking', options);
    const problems = ((tracking as Record<string, unknown>)['problems'] ?? []) as {
      kind: string;
      message: string;
    }[];
    return {
      status: tracking.status,
      kinds: problems.map(({ kind }) => kind),
      messages: problems.map(({ message }) => message),
    };
  }

  #stats(): TrackingStats {
    return {
      called: 0,
      accepted: 0,
      duplicate: 0,
      held: 0,
      rejected: this.rejected,
      suppressed: reasonCounts(),
      lanes: this.lanes,
      notices: {},
      journal: this.journal,
      plan: null,
    };
  }
}

test.each<[object, string]>([
  [{ onDegraded: 'nope' }, "`isHealthy.onDegraded` is 'nope'; expected one of degraded, up, down"],
  [{ onDegrade: 'down' }, '`isHealthy.onDegrade` is unknown; expected one of onDegraded'],
  [{ maxBacklogAgeMs: '5m' }, "`isHealthy.maxBacklogAgeMs` is '5m'"],
  [{ watch: ['journl'] }, "`isHealthy.watch[0]` is 'journl'; expected one of parked"],
  [
    { destinations: 'shop' },
    '`isHealthy.destinations` is a string of 4 characters; expected an array of names',
  ],
])('a health check is refused that can find nothing: %j', async (options, text) => {
  await expect(new Bench().look(options as TrackingHealthOptions)).rejects.toThrow(text);
});

describe('a loss', () => {
  test('is a problem for every look within ten minutes, whoever looks how often', async () => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ dropped: times('buffer_full', 2) }) };
    for (let minute = 0; minute < 10; minute++) {
      expect(await bench.look()).toMatchObject({ status: 'degraded', kinds: ['loss'] });
      expect(await bench.look()).toMatchObject({ status: 'degraded', kinds: ['loss'] });
      bench.clock.advance(MINUTE);
    }
    expect(await bench.look()).toMatchObject({ status: 'up', kinds: [] });
    bench.lanes = { shop: aLane({ dropped: times('buffer_full', 3) }) };
    expect(await bench.look()).toMatchObject({ kinds: ['loss'] });
  });

  test('may be a problem for longer', async () => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ dropped: times('expired', 1) }) };
    await bench.look();
    bench.clock.advance(11 * MINUTE);
    expect((await bench.look()).kinds).toEqual([]);
    expect((await bench.look({ lossWindowMs: 12 * MINUTE })).kinds).toEqual(['loss']);
  });

  test.each<[Reason, boolean]>([
    ['expired', true],
    ['buffer_full', true],
    ['dead_letters_full', true],
    ['damaged', true],
    ['closed', true],
    ['erased', false],
    ['given_up', false],
    ['lane_removed', false],
  ])('is what nobody asked for: %s', async (reason, isLoss) => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ dropped: times(reason, 1) }) };
    expect((await bench.look()).kinds).toEqual(isLoss ? ['loss'] : []);
  });

  test('is also what found no room: for all destinations, or for one', async () => {
    const bench = new Bench();
    bench.rejected = times('buffer_full', 1);
    expect((await bench.look()).kinds).toEqual(['loss']);
    bench.clock.advance(60 * MINUTE);
    bench.lanes = { shop: aLane({ declined: times('buffer_full', 1) }) };
    expect((await bench.look()).messages).toEqual([expect.stringContaining("'shop'")]);
  });

  test('is not what the application did wrong', async () => {
    const bench = new Bench();
    bench.rejected = times('no_identity', 5);
    bench.lanes = { shop: aLane({ declined: times('unsupported', 5) }) };
    expect(await bench.look()).toMatchObject({ status: 'up', kinds: [] });
  });
});

describe('thresholds', () => {
  test.each([
    [240, '240 ms'],
    [1_400, '1 s'],
    [150 * MINUTE, '3 h'],
  ])('is told in words: %d', async (oldestPendingMs, words) => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ pending: 1, oldestPendingMs }) };
    const { messages } = await bench.look({ maxBacklogAgeMs: 100 });
    expect(messages).toEqual([expect.stringContaining(`pending for ${words}.`)]);
  });

  test('of the age of the backlog', async () => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ pending: 1, oldestPendingMs: 15 * MINUTE }) };
    expect((await bench.look()).kinds).toEqual([]);
    expect((await bench.look({ maxBacklogAgeMs: 15 * MINUTE - 1 })).kinds).toEqual(['backlog']);
    bench.lanes = { shop: aLane({ pending: 1, oldestPendingMs: 3 * 60 * MINUTE }) };
    expect((await bench.look()).messages).toEqual([expect.stringContaining('pending for 3 h')]);
  });

  test('of dead letters', async () => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ dead: 100 }) };
    expect((await bench.look()).kinds).toEqual([]);
    expect((await bench.look({ maxDeadLetters: 99 })).kinds).toEqual(['dead_letters']);
    expect((await bench.look({ maxDeadLetters: 0, watch: ['parked'] })).kinds).toEqual([]);
  });
});

test('each destination is looked at, or those that are named', async () => {
  const bench = new Bench();
  bench.lanes = { shop: aLane({ parked: 'misconfigured' }), warehouse: aLane({ dead: 500 }) };
  expect((await bench.look()).kinds).toEqual(['parked', 'dead_letters']);
  expect((await bench.look({ destinations: ['warehouse'] })).kinds).toEqual(['dead_letters']);
  const { tracking } = await bench.indicator.isHealthy('tracking', { destinations: ['warehouse'] });
  expect(Object.keys((tracking as unknown as { destinations: object }).destinations)).toEqual(['warehouse']);
});

test('a Terminus that does not know `degraded` is told `up`, with the problems', async () => {
  class Terminus11 {
    check(key: string) {
      const say =
        (status: string) =>
        (data: object): Record<string, object> => ({ [key]: { status, ...data } });
      return { up: say('up'), down: say('down') };
    }
  }
  const bench = new Bench(new Terminus11() as unknown as HealthIndicatorService);
  bench.lanes = { shop: aLane({ parked: 'unauthorized' }) };
  expect(await bench.look()).toMatchObject({ status: 'up', kinds: ['parked'] });
  expect(await bench.look({ onDegraded: 'down' })).toMatchObject({ status: 'down', kinds: ['parked'] });
});

test('the key is `tracking` where none is given', async () => {
  expect(Object.keys(await new Bench().indicator.isHealthy())).toEqual(['tracking']);
});
