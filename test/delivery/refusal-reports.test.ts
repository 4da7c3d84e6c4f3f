import { describe, expect, test } from '@jest/globals';
import type { DeadLetter, EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import { memory } from '../../lib/buffer/memory/memory.js';
import type { Outcome } from '../../lib/destinations/destination.js';
import { explainProblem } from '../../lib/destinations/webhook/webhook.js';
import type { LaneTrouble } from '../../lib/event/last-refusal.js';
import { answer, LaneBench, type LaneOptions, OK } from '../support/a-lane.js';

const PROBLEM = JSON.stringify({ code: 'bad_plan', field: 'plan', message: 'Plan gold of Ada is unknown' });
const WHOLE = '400 bad_plan (plan): Plan gold of Ada is unknown';
const SHOWN = '400 bad_plan (plan): Plan *** of *** is unknown';

const refusal = (status = 400) => ({ result: answer(status, PROBLEM), afterMs: 5 });

/** A lane whose destination explains answers, with a buffer that stores why it delivers nothing. */
function aBench(options: LaneOptions = {}): { it: LaneBench; kept: (LaneTrouble | undefined)[] } {
  const kept: (LaneTrouble | undefined)[] = [];
  const buffer: EventBufferFactory = {
    kind: 'keeping',
    create: (setup) =>
      Object.assign(memory().create(setup), {
        keepTrouble: (_: string, trouble: LaneTrouble | undefined) => kept.push(trouble),
      }),
  };
  const it = new LaneBench({
    destination: { batch: { maxEvents: 10, maxDelayMs: 0 }, explain: explainProblem },
    buffer,
    ...options,
  });
  return { it, kept };
}

const MINE = { userId: 'ada', properties: { plan: 'gold' } };

describe('a destination that refuses its first request', () => {
  test('is logged at once, with the status and the answer but no value of the event', () => {
    const { it } = aBench();
    it.platform = () => refusal();
    it.give(1, MINE);
    it.clock.advance(10);
    expect(it.spoken.errors).toEqual([]);
    expect(it.spoken.warnings).toEqual([
      `Destination 'shop' refused a request, and has delivered nothing yet (answer ${SHOWN}). No event is lost; they stay ` +
        'pending and are retried. Check its endpoint, its credentials, and the format of what it sends. `stats().lanes` shows ' +
        'the whole answer in `lastRefusal`.',
    ]);
  });

  test('is logged once a minute, with the number of omitted lines', () => {
    const { it } = aBench();
    it.platform = () => refusal();
    it.give(1, MINE);
    it.clock.advance(300_000);
    expect(it.spoken.warnings.length).toBeGreaterThan(2);
    expect(it.spoken.warnings.length).toBeLessThanOrEqual(5);
    expect(it.spoken.warnings[1]).toMatch(/\d+ similar lines? (was|were) omitted/);
  });

  test('is shown with the whole answer, the time and the count', () => {
    const { it } = aBench();
    expect(it.lane.state.lastRefusal).toBeNull();
    it.platform = () => refusal();
    it.give(1, MINE);
    it.clock.advance(10);
    const at = it.clock.now() - 5;
    expect(it.lane.state.lastRefusal).toEqual({
      status: 400,
      reason: 'refused',
      answer: WHOLE,
      at,
      count: 1,
    });
    it.clock.advance(10_000);
    expect(it.lane.state.lastRefusal?.count).toBe(it.sent.length);
  });

  test('is signalled to subscribers', () => {
    const { it } = aBench();
    it.platform = () => refusal();
    it.give(1, MINE);
    it.clock.advance(10);
    expect(it.happened.filter(({ type }) => type === 'refused')).toEqual([
      { type: 'refused', at: expect.any(Number), lane: 'shop', reason: 'refused', answer: WHOLE },
    ]);
  });

  test('counts from the last delivery, and keeps the last refusal', () => {
    const { it } = aBench();
    it.platform = () => refusal();
    it.give(1, MINE);
    it.clock.advance(10_000);
    it.platform = () => OK;
    it.clock.advance(60_000);
    expect(it.lane.state.lastRefusal).toMatchObject({ status: 400, count: 0 });
  });

  test('is named as one that also delivers', () => {
    const { it } = aBench();
    it.give(1);
    it.clock.advance(100);
    it.platform = () => refusal();
    it.give(1, MINE);
    it.clock.advance(100);
    expect(it.spoken.warnings).toEqual([
      expect.stringContaining(
        `Destination 'shop' refused a request (answer ${SHOWN}). Its events are retried`,
      ),
    ]);
  });
});

describe('a dead letter that is sent again', () => {
  /** A lane all of whose events were dead letters. */
  const aRetry = (ids: string[] | 'all' = 'all'): LaneBench => {
    const buffer: EventBufferFactory = {
      kind: 'redriven',
      create: (setup) => {
        const made = memory().create(setup);
        const lease = made.lease.bind(made);
        made.lease = (...args) => {
          const leased = lease(...args);
          for (const held of leased?.events ?? [])
            if (ids === 'all' || ids.includes(held.event.id)) Object.assign(held, { wasDead: true });
          return leased;
        };
        return made;
      },
    };
    return aBench({ buffer }).it;
  };

  test('is a dead letter again, with the new answer, once it is refused alone, though nothing else is sent', () => {
    const it = aRetry();
    it.platform = () => refusal();
    const [id] = it.give(1, MINE);
    it.clock.advance(100);
    expect(it.ledger).toMatchObject({ pending: 0, dead: 1 });
    expect(it.sent).toHaveLength(1);
    const [letter] = [...(it.buffer.deadLetters('shop') as Iterable<DeadLetter>)];
    expect(letter).toMatchObject({ event: { id }, reason: 'refused', answer: WHOLE });
    expect(it.lane.state.lastRefusal).toMatchObject({ answer: WHOLE, count: 1 });
    // Its own line names it: that it stays pending would not be true.
    expect(it.spoken.warnings.join()).not.toMatch(/stay pending|are retried/);
    expect([...it.spoken.warnings, ...it.spoken.errors]).toHaveLength(1);
  });

  test('dies alone, when it is refused in a batch with new events', () => {
    const ids: string[] = [];
    const it = aRetry(ids);
    it.platform = (sent) => (sent.ids.some((id) => ids.includes(id)) ? refusal() : OK);
    ids.push(...it.give(1));
    it.give(9);
    it.clock.advance(10_000);
    expect(it.ledger).toMatchObject({ delivered: 9, dead: 1, pending: 0 });
    expect(it.deadIds).toEqual(ids);
  });

  test('parks no lane, with any number of refusals', () => {
    const it = aRetry();
    it.platform = () => refusal();
    it.give(20);
    it.clock.advance(10_000);
    expect(it.lane.state.parked).toBeNull();
    expect(it.ledger).toMatchObject({ pending: 0, dead: 20 });
  });

  test.each([401, 503])('stays pending if the answer %i does not name it', (status) => {
    const it = aRetry();
    it.platform = () => refusal(status);
    it.give(1);
    it.clock.advance(600_000);
    expect(it.ledger).toMatchObject({ pending: 1, dead: 0 });
  });

  test('stays pending in a parked lane, which gives nothing up', () => {
    const it = aRetry();
    it.platform = () => refusal(401);
    it.give(1);
    it.clock.advance(10);
    it.platform = () => refusal(400);
    it.clock.advance(600_000);
    expect(it.ledger).toMatchObject({ pending: 1, dead: 0 });
    it.platform = () => OK;
    it.clock.advance(61_000);
    expect(it.ledger).toMatchObject({ delivered: 1 });
  });
});

test('events that are rejected by name are the last refusal, and counted only if nothing was delivered', () => {
  const rejected: Outcome = { kind: 'rejected', detail: { code: 'bad_plan' } };
  let delivers = true;
  const { it } = aBench({
    destination: {
      batch: { maxEvents: 2, maxDelayMs: 0 },
      decode: (_, batch) =>
        new Map(
          batch.map(({ event }, i) => [event.id, i === 0 && delivers ? { kind: 'delivered' } : rejected]),
        ),
    },
  });
  it.give(2);
  it.clock.advance(100);
  expect(it.lane.state.lastRefusal).toMatchObject({
    status: 200,
    reason: 'refused',
    answer: '200 bad_plan',
    count: 0,
  });
  delivers = false;
  it.give(4);
  it.clock.advance(100);
  expect(it.lane.state.lastRefusal).toMatchObject({ count: 2 });
  expect(it.ledger).toMatchObject({ delivered: 1, dead: 5 });
});

describe('a parked lane', () => {
  test('shows the answer in its log line, its signal and its last refusal', () => {
    const { it } = aBench();
    it.platform = () => refusal(401);
    it.give(1, MINE);
    it.clock.advance(10);
    expect(it.spoken.warnings).toEqual([]);
    expect(it.spoken.errors).toEqual([
      expect.stringContaining(
        `is parked (unauthorized, answer ${SHOWN.replace('400', '401')}). No event is lost`,
      ),
    ]);
    const whole = WHOLE.replace('400', '401');
    expect(it.lane.state.lastRefusal).toMatchObject({
      status: 401,
      reason: 'unauthorized',
      answer: whole,
      count: 1,
    });
    expect(it.happened.filter(({ type }) => type === 'refused' || type === 'parked')).toMatchObject([
      { type: 'parked', reason: 'unauthorized', answer: whole },
    ]);
  });

  test('counts its probes without a line or a signal for each', () => {
    const { it } = aBench();
    it.platform = () => refusal(401);
    it.give(3, MINE);
    it.clock.advance(600_000);
    expect(it.lane.state.lastRefusal?.count).toBe(it.sent.length);
    expect(it.spoken.warnings).toEqual([]);
    expect(it.spoken.errors).toHaveLength(1);
    expect(it.happened.filter(({ type }) => type === 'refused')).toEqual([]);
  });
});

describe('for the command line is stored', () => {
  test('the first refusal at once, the park, and that the lane delivers; never a value', () => {
    const { it, kept } = aBench();
    it.platform = () => refusal();
    it.give(3, MINE);
    it.clock.advance(10);
    const lastRefusal = { status: 400, reason: 'refused', answer: SHOWN, at: expect.any(Number), count: 1 };
    expect(kept).toEqual([{ parked: null, lastRefusal }]);
    it.clock.advance(10_000);
    expect(kept.at(-1)?.parked).toMatchObject({ reason: 'refused_all' });
    expect(kept.length).toBeLessThan(4);
    expect(JSON.stringify(kept)).not.toMatch(/ada|gold/i);
    it.platform = () => OK;
    it.clock.advance(60_000);
    expect(kept.at(-1)).toBeUndefined();
  });

  test('once that the lane delivers, because an earlier process may have left a state', () => {
    const { it, kept } = aBench();
    for (let i = 0; i < 5; i++) {
      it.give(1);
      it.clock.advance(100);
    }
    expect(kept).toEqual([undefined]);
  });

  test('nothing if single events among others are refused, any number of times', () => {
    const { it, kept } = aBench({ destination: { batch: { maxEvents: 1, maxDelayMs: 0 }, concurrency: 1 } });
    let poison: string[] = [];
    it.platform = ({ ids }) => (poison.includes(ids[0]!) ? refusal() : OK);
    it.give(1);
    it.clock.advance(100);
    poison = it.give(1);
    for (let i = 0; i < 50; i++) {
      it.give(1);
      it.clock.advance(1_000);
    }
    expect(it.ledger.dead).toBe(1);
    expect(kept).toEqual([undefined]);
  });

  test('at growing intervals while it continues, with the last count at the end', async () => {
    const { it, kept } = aBench();
    it.platform = () => refusal(401);
    it.give(1, MINE);
    it.clock.advance(24 * 3_600_000);
    expect(kept.length).toBeLessThan(20);
    await it.lane.close();
    expect(kept.at(-1)?.lastRefusal?.count).toBe(it.sent.length);
  });
});

describe('why a lane delivers nothing', () => {
  const cause = (it: LaneBench): string | undefined => it.lane.standstill;

  test('is only time if it delivers', () => {
    const { it } = aBench();
    it.platform = () => ({ ...OK, afterMs: 5_000 });
    it.give(10);
    it.clock.advance(2_000);
    expect(cause(it)).toBeUndefined();
  });

  test.each<[string, number, Record<string, string>, string]>([
    ['a park', 401, {}, 'The destination is parked (unauthorized, answer 401).'],
    ['an outage', 503, {}, 'The destination was failing (answer 503).'],
    ['a request to wait', 429, { 'retry-after': '60' }, 'The platform asked to wait (Retry-After).'],
  ])('is %s', (_, status, headers, text) => {
    const { it } = aBench({ destination: { concurrency: 1, batch: { maxDelayMs: 0 } } });
    it.platform = () => ({ result: answer(status, '', headers), afterMs: 5 });
    it.give(5);
    it.clock.advance(10_000);
    expect(cause(it)).toBe(text);
  });

  test('is the refusal, of all requests or of the last ones', () => {
    const { it } = aBench();
    it.platform = () => refusal();
    it.give(1, MINE);
    it.clock.advance(10);
    expect(cause(it)).toBe(
      'The destination refused the only request and delivered nothing (answer 400 bad_plan (plan)).',
    );
    it.clock.advance(1_000);
    expect(cause(it)).toMatch(/^The destination refused all \d requests and delivered nothing \(answer 400/);
    it.platform = () => OK;
    it.clock.advance(60_000);
    it.platform = () => refusal();
    it.give(1);
    it.clock.advance(10);
    expect(cause(it)).toBe('The destination refused the last request (answer 400 bad_plan (plan)).');
  });
});
