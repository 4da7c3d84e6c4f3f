import { describe, expect, test } from '@jest/globals';
import type { FreshCredentials } from '../../lib/destinations/destination.js';
import { answer, LaneBench, type LaneOptions, OK, type Sent } from '../support/a-lane.js';

const HOUR = 3_600_000;
const SOON = { maxEvents: 10, maxDelayMs: 0 };

/** A service that gives tokens `t1`, `t2`, …; a test may play its answers. */
class Tokens {
  calls = 0;
  lifeMs: number | undefined = HOUR;
  next: ((number: number) => unknown) | undefined;
  bench!: LaneBench;

  readonly give = (): Promise<FreshCredentials> => {
    const number = ++this.calls;
    if (this.next !== undefined) return this.next(number) as Promise<FreshCredentials>;
    return Promise.resolve(this.token(`t${number}`));
  };

  token(token: string): FreshCredentials {
    return {
      values: { token },
      ...(this.lifeMs !== undefined && { expiresAt: this.bench.clock.now() + this.lifeMs }),
    };
  }
}

function aBench(options: LaneOptions = {}): { it: LaneBench; tokens: Tokens } {
  const tokens = new Tokens();
  const it = new LaneBench({
    ...options,
    destination: {
      batch: SOON,
      credentials: tokens.give,
      encode: (batch, { credentials }) => ({
        method: 'POST',
        url: 'http://shop.example',
        headers: { authorization: `Bearer ${credentials!['token']}` },
        body: JSON.stringify(batch.map(({ event }) => event.id)),
      }),
      ...options.destination,
    },
  });
  tokens.bench = it;
  return { it, tokens };
}

const tokenOf = ({ request }: Sent): string => request.headers!['authorization']!.slice('Bearer '.length);
const unauthorized = (body = '') => ({ result: answer(401, body) });
const expectNothingGivenUp = (it: LaneBench, pending: number): void => {
  expect(it.lane.state.parked).toBeNull();
  expect(it.ledger).toMatchObject({ pending, dead: 0, dropped: {} });
};

describe('credentials from a function', () => {
  test('are requested when the first event is due, and used for all until they expire', async () => {
    const { it, tokens } = aBench();
    await it.clock.elapse(60_000);
    expect(tokens.calls).toBe(0);
    for (let round = 0; round < 20; round++) {
      it.give(30);
      await it.clock.elapse(1_000);
    }
    expect(tokens.calls).toBe(1);
    expect(new Set(it.sent.map(tokenOf))).toEqual(new Set(['t1']));
    expect(it.ledger).toMatchObject({ delivered: 600, pending: 0 });
  });

  test('are renewed in the background while the old ones are used', async () => {
    const { it, tokens } = aBench();
    let answers: (() => void) | undefined;
    tokens.next = (number) =>
      number === 1
        ? Promise.resolve(tokens.token('t1'))
        : new Promise((resolve) => (answers = () => resolve(tokens.token('t2'))));
    it.give();
    await it.clock.elapse(HOUR - 299_000);
    it.give();
    await it.clock.elapse(1_000);
    expect(tokens.calls).toBe(2);
    expect(it.sent.map(tokenOf)).toEqual(['t1', 't1']);
    answers!();
    await it.clock.settle();
    it.give();
    await it.clock.elapse(1_000);
    expect(it.sent.map(tokenOf)).toEqual(['t1', 't1', 't2']);
  });

  test('that expire while nothing is sent are requested again with the next event', async () => {
    const { it, tokens } = aBench();
    it.give();
    await it.clock.elapse(3 * HOUR);
    expect(tokens.calls).toBe(1);
    // A change of the wall clock in between has no effect.
    it.clock.jump(-12 * HOUR);
    it.give();
    await it.clock.elapse(1_000);
    expect(it.sent.map(tokenOf)).toEqual(['t1', 't2']);
  });

  test.each<[string, (tokens: Tokens) => unknown, string, string]>([
    [
      'throws',
      () => {
        throw Object.assign(new Error('secret-text'), { code: 'EACCES' });
      },
      'failed (EACCES). Nothing is sent meanwhile',
      'EACCES',
    ],
    [
      'rejects',
      () => Promise.reject(Object.assign(new TypeError('secret-text'), { cause: { code: 'ECONNREFUSED' } })),
      'failed (ECONNREFUSED). Nothing is sent meanwhile',
      'ECONNREFUSED',
    ],
    [
      'rejects with nothing',
      () => Promise.reject(undefined as unknown as Error),
      'failed. Nothing is sent meanwhile',
      'failed',
    ],
    ['hangs', () => new Promise(() => undefined), 'did not answer in time', 'timeout'],
    ['returns undefined', () => undefined, 'returned no `values`', 'no_values'],
    ['returns a text', () => Promise.resolve('secret-text'), 'returned no `values`', 'no_values'],
    ['returns no value', () => Promise.resolve({ values: {} }), 'returned no `values`', 'no_values'],
    [
      'returns a value that is missing',
      () => Promise.resolve({ values: { token: 'Bearer undefined', other: 'secret-text' } }),
      'returned a value that is missing',
      'missing_value',
    ],
    [
      'returns values that throw',
      () =>
        Promise.resolve({
          get values() {
            throw new Error('secret-text');
          },
        }),
      'failed. Nothing',
      'failed',
    ],
    [
      'returns what has expired, in seconds',
      (tokens) => ({
        values: { token: 'secret-text' },
        expiresAt: (tokens.bench.clock.now() + HOUR) / 1_000,
      }),
      'returned credentials that have expired',
      'expired',
    ],
  ])('nothing is lost or parked for an hour in which it %s', async (_, does, said, trouble) => {
    const { it, tokens } = aBench();
    tokens.next = () => does(tokens);
    it.give(25);
    await it.clock.elapse(HOUR, 400);
    expect(it.sent).toEqual([]);
    expectNothingGivenUp(it, 25);
    // Pauses grow to a minute.
    expect(tokens.calls).toBeGreaterThan(40);
    expect(tokens.calls).toBeLessThan(80);
    expect(it.spoken.errors).toHaveLength(1);
    expect(it.spoken.errors[0]).toContain(said);
    expect(it.spoken.all.join()).not.toContain('secret-text');
    expect(it.lane.standstill).toContain(`(${trouble})`);
    tokens.next = undefined;
    await it.clock.elapse(120_000, 40);
    expect(it.ledger).toMatchObject({ delivered: 25, pending: 0 });
    expect(it.lane.standstill).toBeUndefined();
    expect(it.spoken.infos).toEqual(["Destination 'shop' has valid credentials again."]);
  });

  test('that arrive after the deadline are used', async () => {
    const { it, tokens } = aBench();
    tokens.next = (number) =>
      number > 1
        ? new Promise(() => undefined)
        : new Promise((resolve) => it.clock.after(15_000, () => resolve(tokens.token('late'))));
    it.give();
    await it.clock.elapse(15_500, 100);
    expect(it.sent.map(tokenOf)).toEqual(['late']);
  });

  test('that cannot be renewed are used until they expire', async () => {
    const { it, tokens } = aBench();
    tokens.next = (number) =>
      number === 1 ? Promise.resolve(tokens.token('t1')) : Promise.reject(new Error('down'));
    it.give();
    await it.clock.elapse(HOUR - 60_000);
    it.give();
    await it.clock.elapse(30_000, 10);
    expect(it.sent.map(tokenOf)).toEqual(['t1', 't1']);
    expect(it.spoken.errors).toEqual([expect.stringContaining('are used until they expire')]);
    expect(it.lane.standstill).toBeUndefined();
    await it.clock.elapse(60_000, 10);
    it.give();
    await it.clock.elapse(60_000, 10);
    expect(it.sent).toHaveLength(2);
    expectNothingGivenUp(it, 1);
  });

  test('are requested at most once a second', async () => {
    const { it, tokens } = aBench();
    tokens.lifeMs = 1;
    it.give(1_000);
    await it.clock.elapse(5_000, 50);
    expect(tokens.calls).toBeLessThanOrEqual(6);
  });

  test('a flush waits for them until its time is over, and a shutdown calls the function once more', async () => {
    const { it, tokens } = aBench();
    tokens.next = () => Promise.reject(new Error('down'));
    it.give(3);
    await it.clock.elapse(600_000, 100);
    let isFlushed = false;
    it.lane.flush(() => (isFlushed = true));
    await it.clock.elapse(10);
    expect(isFlushed).toBe(false);
    const { calls } = tokens;
    tokens.next = undefined;
    it.lane.hurry();
    await it.clock.elapse(1_000);
    expect(tokens.calls).toBe(calls + 1);
    expect(isFlushed).toBe(true);
    expect(it.ledger).toMatchObject({ delivered: 3 });
  });

  test('events that arrive while they are missing are delivered afterwards', async () => {
    const { it, tokens } = aBench();
    tokens.next = () => Promise.reject(new Error('down'));
    it.give();
    await it.clock.elapse(5_000, 20);
    it.give(100);
    await it.clock.elapse(5_000, 20);
    tokens.next = undefined;
    await it.clock.elapse(60_000, 60);
    expect(it.ledger).toMatchObject({ delivered: 101 });
  });

  test('leave no timer behind at the end, and later results have no effect', async () => {
    const { it, tokens } = aBench();
    let answers: (() => void) | undefined;
    tokens.next = () => new Promise((resolve) => (answers = () => resolve(tokens.token('t1'))));
    it.give();
    await it.clock.elapse(100);
    await it.lane.close();
    answers!();
    await it.clock.settle();
    expect(it.clock.timers).toBe(0);
    expect(it.sent).toEqual([]);
  });
});

describe('credentials that the platform rejects', () => {
  test('are requested again, and the same batch is sent again, before any other', async () => {
    const { it, tokens } = aBench({ destination: { concurrency: 1 } });
    it.platform = (sent) => (tokenOf(sent) === 't1' ? unauthorized() : OK);
    const ids = it.give(20);
    await it.clock.elapse(2_000, 20);
    expect(it.sent.map((sent) => [tokenOf(sent), sent.ids])).toEqual([
      ['t1', ids.slice(0, 10)],
      ['t2', ids.slice(0, 10)],
      ['t2', ids.slice(10)],
    ]);
    expect(it.ledger).toMatchObject({ delivered: 20 });
    expect(it.spoken.all).toEqual([]);
    expect(tokens.calls).toBe(2);
  });

  test('cost one call, with any number of requests in flight', async () => {
    const { it, tokens } = aBench({
      destination: { concurrency: 8, batch: { maxEvents: 1, maxDelayMs: 0 } },
    });
    it.platform = (sent) => (tokenOf(sent) === 't1' ? unauthorized() : OK);
    it.give(40);
    await it.clock.elapse(3_000, 30);
    expect(tokens.calls).toBe(2);
    expect(it.lane.state.attempts).toBe(48);
    expect(it.ledger).toMatchObject({ delivered: 40 });
  });

  test('whose successors are rejected as well park the lane, and each probe asks anew', async () => {
    const { it, tokens } = aBench({ destination: { concurrency: 1 } });
    it.platform = () => unauthorized();
    it.give(20);
    await it.clock.elapse(600_000, 600);
    expect(it.lane.state.parked).toBe('unauthorized');
    expect(it.ledger).toMatchObject({ pending: 20, dead: 0, dropped: {} });
    expect(it.sent.map(tokenOf)).toEqual(it.sent.map((_, i) => `t${i + 1}`));
    const probes = it.sent.slice(2);
    expect(probes.length).toBeGreaterThan(5);
    expect(probes.every(({ ids }) => ids.length === 1)).toBe(true);
    it.platform = () => OK;
    await it.clock.elapse(120_000, 120);
    expect(it.lane.state.parked).toBeNull();
    expect(it.ledger).toMatchObject({ delivered: 20, pending: 0 });
    expect(tokens.calls).toBe(probes.length + 3);
  });

  test('and given once more park the lane', async () => {
    const { it, tokens } = aBench();
    tokens.next = () => Promise.resolve(tokens.token('same'));
    it.platform = () => unauthorized();
    it.give();
    await it.clock.elapse(1_500, 15);
    expect(it.lane.state.parked).toBe('unauthorized');
    expect(it.sent).toHaveLength(2);
  });

  test('after they had worked are requested again, each time', async () => {
    const { it, tokens } = aBench();
    const revoked = new Set<string>();
    it.platform = (sent) => (revoked.has(tokenOf(sent)) ? unauthorized() : OK);
    for (let round = 1; round <= 5; round++) {
      it.give(3);
      await it.clock.elapse(5_000, 20);
      revoked.add(`t${round}`);
    }
    expect(tokens.calls).toBe(5);
    expect(it.ledger).toMatchObject({ delivered: 15 });
    expect(it.happened.filter(({ type }) => type === 'parked')).toEqual([]);
  });

  test('by an outcome of the destination, with any status, count the same; a 403 parks as usual', async () => {
    const { it, tokens } = aBench({
      destination: { decode: ({ body }) => (body === 'token expired' ? 'unauthorized' : undefined) },
    });
    it.platform = (sent) => (tokenOf(sent) === 't1' ? { result: answer(200, 'token expired') } : OK);
    it.give();
    await it.clock.elapse(2_000, 20);
    expect(it.ledger).toMatchObject({ delivered: 1 });
    it.platform = () => ({ result: answer(403) });
    it.give();
    await it.clock.elapse(100);
    expect(it.lane.state.parked).toBe('unauthorized');
    expect(tokens.calls).toBe(2);
  });

  test('while the function fails pause the lane, and do not park it', async () => {
    const { it, tokens } = aBench();
    tokens.next = (number) =>
      number === 1 ? Promise.resolve(tokens.token('t1')) : Promise.reject(new Error('down'));
    it.platform = (sent) => (tokenOf(sent) === 't1' ? unauthorized() : OK);
    it.give(5);
    await it.clock.elapse(HOUR, 200);
    expect(it.sent).toHaveLength(1);
    expectNothingGivenUp(it, 5);
    tokens.next = undefined;
    await it.clock.elapse(120_000, 100);
    expect(it.ledger).toMatchObject({ delivered: 5 });
  });

  test('are removed from stored answers, the earlier ones as well', async () => {
    const { it, tokens } = aBench({ keepAnswers: 'text', destination: { concurrency: 1 } });
    tokens.next = (number) => Promise.resolve(tokens.token(`hush-hush-${number}`));
    it.platform = () => unauthorized('bad: hush-hush-1, hush-hush-2');
    it.give();
    await it.clock.elapse(1_500, 15);
    expect(it.lane.state.lastRefusal?.answer).toBe('401: bad: ***, ***');
    expect(JSON.stringify([it.spoken.all, it.happened])).not.toContain('hush');
  });
});
