import { describe, expect, test } from '@jest/globals';
import { HealthIndicatorService } from '@nestjs/terminus';
import { TrackingHealthIndicator } from '../../lib/terminus/index.js';
import type { TrackingHealthOptions } from '../../lib/terminus/index.js';
import type { JournalStats } from '../../lib/buffer/event-buffer.js';
import type { LastRefusal } from '../../lib/event/last-refusal.js';
import type { StrandedReason } from '../../lib/event/stranded.js';
import type { LaneStats, TrackingStats } from '../../lib/observe/stats.js';
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

/** An indicator with statistics that the test defines. */
class Bench {
  readonly clock = new ManualClock();
  lanes: Record<string, LaneStats> = { shop: aLane() };
  rejected = reasonCounts();
  notices: TrackingStats['notices'] = {};
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
      notices: this.notices,
      journal: this.journal,
      plan: null,
    };
  }
}

test.each<[object, string]>([
  [{ onDegraded: 'nope' }, "`isHealthy.onDegraded` is 'nope'; expected 'degraded', 'up' or 'down'"],
  [{ onDegrade: 'down' }, '`isHealthy.onDegrade` is unknown; expected one of onDegraded'],
  [{ maxBacklogAgeMs: '5m' }, "`isHealthy.maxBacklogAgeMs` is '5m'"],
  [{ watch: ['journl'] }, "`isHealthy.watch[0]` is 'journl'; expected 'parked', 'refused'"],
  [
    { destinations: 'shop' },
    '`isHealthy.destinations` is a string of 4 characters; expected an array of names',
  ],
])('a health check is refused that can find nothing: %j', async (options, text) => {
  await expect(new Bench().look(options as TrackingHealthOptions)).rejects.toThrow(text);
});

describe('an unforeseen error of this package', () => {
  test('is a problem of no destination for ten minutes, and again with the next one', async () => {
    const bench = new Bench();
    bench.notices = { internal_error: 1 };
    expect(await bench.look()).toEqual({
      status: 'degraded',
      kinds: ['internal_error'],
      messages: [expect.stringMatching(/^[^']*log[^']*$/)],
    });
    bench.clock.advance(10 * MINUTE);
    expect(await bench.look()).toMatchObject({ status: 'up', kinds: [] });
    bench.notices = { internal_error: 2 };
    expect((await bench.look({ destinations: ['shop'] })).kinds).toEqual(['internal_error']);
  });

  test('is left out if other kinds are watched', async () => {
    const bench = new Bench();
    bench.notices = { internal_error: 1 };
    expect((await bench.look({ watch: ['loss'] })).kinds).toEqual([]);
    expect((await bench.look({ watch: ['internal_error'] })).kinds).toEqual(['internal_error']);
  });

  test('is not reported for an error of the application', async () => {
    const bench = new Bench();
    bench.notices = { resolver_error: 3, log_error: 1 };
    expect((await bench.look()).kinds).toEqual([]);
  });
});

describe('a loss', () => {
  test('is a problem for every check within ten minutes, however many clients check', async () => {
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
    ['superseded', false],
  ])('is not an option of this method: %s', async (reason, isLoss) => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ dropped: times(reason, 1) }) };
    expect((await bench.look()).kinds).toEqual(isLoss ? ['loss'] : []);
  });

  test('includes events that found a full buffer: for all destinations, or for one', async () => {
    const bench = new Bench();
    bench.rejected = times('buffer_full', 1);
    expect((await bench.look()).kinds).toEqual(['loss']);
    bench.clock.advance(60 * MINUTE);
    bench.lanes = { shop: aLane({ declined: times('buffer_full', 1) }) };
    expect((await bench.look()).messages).toEqual([expect.stringContaining("'shop'")]);
  });

  test('does not include mistakes of the application', async () => {
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

describe('a destination that rejects events', () => {
  const refusal = (count: number): LastRefusal => ({
    status: 400,
    reason: 'refused',
    answer: '400 bad_plan (plan): no plan gold of Ada',
    at: 1,
    count,
  });

  test('is a problem while it has delivered nothing, with its answer but not the message', async () => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ pending: 3, lastRefusal: refusal(7) }) };
    const { status, kinds, messages } = await bench.look();
    expect({ status, kinds }).toEqual({ status: 'degraded', kinds: ['refused'] });
    expect(messages[0]).toContain(
      "'shop' has delivered nothing since the process started, and refused 7 requests (answer 400 bad_plan (plan)).",
    );
    const { tracking } = await bench.indicator.isHealthy();
    expect(tracking).toMatchObject({
      destinations: { shop: { lastRefusal: { status: 400, answer: '400 bad_plan (plan)', count: 7 } } },
    });
    expect(JSON.stringify(tracking)).not.toMatch(/gold|Ada/);
  });

  test('is none once it has delivered something', async () => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ delivered: 1, lastRefusal: refusal(7) }) };
    expect(await bench.look()).toMatchObject({ status: 'up', kinds: [] });
  });

  test('is one problem, with the answer, if it is parked', async () => {
    const bench = new Bench();
    bench.lanes = { shop: aLane({ parked: 'refused_all', lastRefusal: refusal(3) }) };
    const { kinds, messages } = await bench.look();
    expect(kinds).toEqual(['parked']);
    expect(messages[0]).toContain('The last answer was 400 bad_plan (plan). ');
  });
});

describe('a journal', () => {
  const aJournal = (parts: Partial<JournalStats>): JournalStats => ({
    state: 'open',
    cause: null,
    folder: '/var/tracking/a',
    bytes: 0,
    segments: 0,
    uncommitted: 0,
    damaged: 0,
    stranded: [],
    recovering: false,
    unreadable: [],
    ...parts,
  });
  const row = (reason: StrandedReason, events: number | null, destination: string | null = 'shop') => ({
    folder: 'a',
    destination,
    account: null,
    reason,
    events,
  });

  test('with events that no process delivers is a problem, with their number', async () => {
    const bench = new Bench();
    bench.journal = aJournal({ stranded: [row('not_configured', 1_200), row('account_changed', 34)] });
    const { status, kinds, messages } = await bench.look();
    expect({ status, kinds }).toEqual({ status: 'degraded', kinds: ['stranded'] });
    expect(messages[0]).toContain('1,234 events in the journal are not delivered by any process.');
    expect((await bench.look({ watch: ['journal'] })).kinds).toEqual([]);
    expect((await bench.look({ destinations: ['warehouse'] })).kinds).toEqual([]);
  });

  test('writes "Events" if it cannot count them, and "1 event" for one', async () => {
    const bench = new Bench();
    bench.journal = aJournal({ stranded: [row('other_version', null, null)] });
    expect((await bench.look()).messages[0]).toMatch(/^Events in the journal are not delivered/);
    bench.journal = aJournal({ stranded: [row('other_service', 1)] });
    expect((await bench.look()).messages[0]).toMatch(
      /^1 event in the journal is not delivered .* It is kept/,
    );
  });

  test('that cannot use its folders is one problem, without their paths', async () => {
    const bench = new Bench();
    const denied = (code: string) => ({ path: `/var/tracking/${code}`, code, uid: null });
    bench.journal = aJournal({
      stranded: [row('unreadable', null, null)],
      unreadable: [denied('EACCES'), denied('EIO'), denied('EACCES')],
    });
    const { kinds, messages } = await bench.look();
    expect(kinds).toEqual(['unreadable']);
    expect(messages[0]).toContain('cannot use 3 folders or files in its directory (EACCES, EIO).');
    expect(messages[0]).not.toContain('/var');
  });
});

test('each destination is checked, or the named ones', async () => {
  const bench = new Bench();
  bench.lanes = { shop: aLane({ parked: 'misconfigured' }), warehouse: aLane({ dead: 500 }) };
  expect((await bench.look()).kinds).toEqual(['parked', 'dead_letters']);
  expect((await bench.look({ destinations: ['warehouse'] })).kinds).toEqual(['dead_letters']);
  const { tracking } = await bench.indicator.isHealthy('tracking', { destinations: ['warehouse'] });
  expect(Object.keys((tracking as unknown as { destinations: object }).destinations)).toEqual(['warehouse']);
});

test('a Terminus without `degraded` gets `up`, with the problems', async () => {
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

test('the default key is `tracking`', async () => {
  expect(Object.keys(await new Bench().indicator.isHealthy())).toEqual(['tracking']);
});
