import { describe, expect, test } from '@jest/globals';
import { type AttemptResult, CUT_OFF } from '../../lib/delivery/reading.js';
import type { Answer, Destination, Outcome } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import { answer, LaneBench, OK } from '../support/a-lane.js';

const SOON = { batch: { maxEvents: 8, maxDelayMs: 0 }, concurrency: 1 };
const PER_EVENT = { ...SOON, acknowledgement: 'perEvent' } as const;
const ONCE = { ...SOON, onUnknown: 'dead' } as const;

/** Names the events that the answer's body lists, as `[position, outcome]`. */
const byPosition = ({ body }: Answer, batch: readonly LaneEvent[]): Map<string, Outcome> | undefined => {
  if (!body.startsWith('[')) return undefined;
  const listed = JSON.parse(body) as [number, Outcome][];
  return new Map(listed.map(([at, outcome]) => [batch[at]!.event.id, outcome]));
};
const naming = (
  status: number,
  outcomes: readonly [number, Outcome][],
  headers = {},
): { result: AttemptResult } => ({
  result: answer(status, JSON.stringify(outcomes), headers),
});
const delivered: Outcome = { kind: 'delivered' };
const rejected: Outcome = { kind: 'rejected', detail: 'bad' };
const retried: Outcome = { kind: 'retry' };
const cut = (how: 'early' | 'long', body = ''): { result: AttemptResult } => ({
  result: { answer: { status: 200, headers: {}, body, complete: false }, cut: how },
});

describe('a code within a 2xx', () => {
  const decode = ({ body }: Answer) => {
    const { code, wait } = JSON.parse(body) as { code: number; wait?: number };
    if (code === 40_100) return { kind: 'retry' as const, afterMs: wait };
    if (code === 40_001) return 'refused' as const;
    return code === 0 ? ('delivered' as const) : ('misconfigured' as const);
  };
  const saying = (body: object) => ({ result: answer(200, JSON.stringify(body)) });

  test('that throttles pauses the lane as Retry-After does, also during a flush', () => {
    const it = new LaneBench({ destination: { ...SOON, decode } });
    it.platform = () => (it.sent.length > 1 ? saying({ code: 0 }) : saying({ code: 40_100, wait: 60_000 }));
    it.give(3);
    it.clock.advance(100);
    let isFlushed = false;
    it.lane.flush(() => (isFlushed = true));
    it.clock.advance(59_000);
    expect(isFlushed).toBe(true);
    expect(it.sent).toHaveLength(1);
    expect(it.ledger).toMatchObject({ pending: 3 });
    it.clock.advance(2_000);
    expect(it.times).toEqual([0, 60_010]);
    expect(it.ledger).toMatchObject({ delivered: 3, dead: 0 });
  });

  test.each([
    [undefined, 250],
    [-1, 250],
    [Number.NaN, 250],
    ['60000', 250],
    [1e12, 300_000],
  ])('with a delay of %p is tried again no later than the bound', (afterMs, atLeast) => {
    const it: LaneBench = new LaneBench({
      destination: {
        ...SOON,
        decode: () => (it.sent.length > 1 ? 'delivered' : ({ kind: 'retry', afterMs } as never)),
      },
    });
    it.give();
    it.clock.advance(310_000);
    expect(it.ledger).toMatchObject({ delivered: 1 });
    expect(it.times[1]).toBeGreaterThanOrEqual(atLeast);
    expect(it.times[1]).toBeLessThan(atLeast + 1_000);
  });

  test('that refuses follows the rules of refusals: halves, a suspect, and a dead letter after a success of others', () => {
    const it = new LaneBench({ destination: { ...SOON, decode } });
    const ids = it.give(8);
    it.platform = ({ ids: sent }) => saying({ code: sent.includes(ids[3]!) ? 40_001 : 0 });
    it.clock.advance(60_000);
    it.give();
    it.clock.advance(60_000);
    expect(it.deadIds).toEqual([ids[3]]);
    expect(it.ledger).toMatchObject({ delivered: 8, pending: 0 });
  });

  test('that refuses everything parks the lane', () => {
    const it = new LaneBench({ destination: { ...SOON, decode } });
    it.platform = () => saying({ code: 7 });
    it.give(20);
    it.clock.advance(600_000);
    expect(it.lane.state.parked).toBe('misconfigured');
    expect(it.ledger).toMatchObject({ pending: 20, dead: 0 });
  });
});

describe('an answer that names events', () => {
  test.each([200, 207, 400, 422, 413, 500, 503, 429, 302, 404])(
    'is believed, whatever its status: %i',
    (status) => {
      const it = new LaneBench({ destination: { ...SOON, decode: byPosition } });
      const ids = it.give(3);
      it.platform = () =>
        it.sent.length > 1
          ? OK
          : naming(status, [
              [0, delivered],
              [1, rejected],
              [2, retried],
            ]);
      it.clock.advance(60_000);
      expect(it.sent.map((sent) => sent.ids)).toEqual([ids, [ids[2]]]);
      expect(it.deadIds).toEqual([ids[1]]);
      expect(it.ledger).toMatchObject({ delivered: 2, dead: 1, pending: 0 });
      expect(it.lane.state.parked).toBeNull();
    },
  );

  test('with a 400 that stored the good ones, as at Mixpanel, sends none of them again', () => {
    const it = new LaneBench({ destination: { ...SOON, decode: byPosition } });
    const ids = it.give(8);
    it.platform = () =>
      naming(
        400,
        [...ids.keys()].map((at) => [at, at === 5 ? rejected : delivered]),
      );
    it.clock.advance(600_000);
    expect(it.sent).toHaveLength(1);
    expect(it.deadIds).toEqual([ids[5]]);
    expect(it.ledger).toMatchObject({ delivered: 7, pending: 0 });
  });

  test('with a 429 sends the others again after its Retry-After, and nothing else before', () => {
    const it = new LaneBench({ destination: { ...SOON, decode: byPosition } });
    const ids = it.give(8);
    it.platform = () =>
      it.sent.length > 1
        ? OK
        : naming(
            429,
            [
              [0, delivered],
              [1, rejected],
            ],
            { 'retry-after': '30' },
          );
    it.clock.advance(20);
    it.give(4);
    it.clock.advance(60_000);
    expect(it.times[1]).toBeGreaterThanOrEqual(30_000);
    expect(new Set(it.sent.slice(1).flatMap((sent) => sent.ids))).not.toContain(ids[0]);
    expect(it.ledger).toMatchObject({ delivered: 11, dead: 1, pending: 0 });
  });

  test('with a 503 for each event makes the lane slow, as one without names does', () => {
    const it = new LaneBench({ destination: { ...SOON, concurrency: 4, decode: byPosition } });
    it.platform = ({ ids }) =>
      naming(
        503,
        ids.map((_, at) => [at, retried]),
      );
    it.give(200);
    it.clock.advance(600_000);
    expect(it.lane.standstill).toContain('503');
    // One at a time, in pauses that grow to a minute.
    expect(it.sent.length).toBeLessThan(60);
    it.platform = () => OK;
    it.clock.advance(600_000);
    expect(it.ledger).toMatchObject({ delivered: 200 });
  });

  test('of a parked lane: delivered and rejected ones resume it, one to be tried again does not', () => {
    for (const [outcome, parked] of [
      [delivered, null],
      [rejected, null],
      [retried, 'misconfigured'],
    ] as const) {
      const it = new LaneBench({ destination: { ...SOON, decode: byPosition } });
      it.platform = () => ({ result: answer(404) });
      it.give(5);
      it.clock.advance(100);
      expect(it.lane.state.parked).toBe('misconfigured');
      it.platform = ({ ids }) =>
        naming(
          200,
          ids.map((_, at) => [at, outcome]),
        );
      it.clock.advance(2_000);
      expect(it.lane.state.parked).toBe(parked);
    }
  });

  test('settles a suspect, and the pieces of a batch that was refused', () => {
    const it = new LaneBench({ destination: { ...SOON, decode: byPosition } });
    const ids = it.give(4);
    it.platform = ({ ids: sent }) => {
      if (sent.length > 2) return { result: answer(400) };
      return naming(
        200,
        sent.map((id, at) => [at, id === ids[3] ? rejected : delivered]),
      );
    };
    it.clock.advance(60_000);
    expect(it.sent.map((sent) => sent.ids.length)).toEqual([4, 2, 2]);
    expect(it.deadIds).toEqual([ids[3]]);
    const alone = new LaneBench({ destination: { ...SOON, decode: byPosition } });
    alone.platform = () => (alone.sent.length > 1 ? naming(400, [[0, delivered]]) : { result: answer(400) });
    alone.give();
    alone.clock.advance(60_000);
    expect(alone.ledger).toMatchObject({ delivered: 1, dead: 0 });
  });
});

describe('an answer that was cut, of a platform that answers for each event', () => {
  test('because it is too long is repeated in halves, down to one event, which counts as delivered', () => {
    const it = new LaneBench({ destination: { ...PER_EVENT, decode: byPosition } });
    const ids = it.give(8);
    it.platform = ({ ids: sent }) => (sent.length > 2 || sent.includes(ids[7]!) ? cut('long') : OK);
    it.clock.advance(1_000);
    expect(it.sent.map((sent) => sent.ids.length)).toEqual([8, 4, 2, 2, 4, 2, 2, 1, 1]);
    expect(it.ledger).toMatchObject({ delivered: 8, dead: 0, pending: 0 });
    expect(it.lane.state.unverified).toBe(1);
    expect(it.spoken.all).toEqual([]);
    // Further batches are as small as the answers have to be.
    it.give(8);
    it.clock.advance(1_000);
    expect(Math.max(...it.sent.slice(9).map((sent) => sent.ids.length))).toBeLessThanOrEqual(1);
  });

  test('because the connection ended is repeated with the same ids, three times at most', () => {
    const it = new LaneBench({ destination: PER_EVENT });
    const ids = it.give(4);
    it.platform = () => (it.sent.length < 3 ? cut('early') : OK);
    it.clock.advance(60_000);
    expect(it.sent.map((sent) => sent.ids)).toEqual([ids, ids, ids]);
    expect(it.lane.state.unverified).toBe(0);
    it.platform = () => cut('early');
    it.give(4);
    it.clock.advance(600_000);
    expect(it.sent).toHaveLength(6);
    expect(it.ledger).toMatchObject({ delivered: 8, dead: 0, pending: 0 });
    expect(it.lane.state.unverified).toBe(4);
  });

  test('settles the events that its part names; no other result of the decoder proves the rest', () => {
    const decoders: Destination['decode'][] = [
      () => 'delivered',
      () => {
        throw new Error('cut');
      },
      () => undefined,
    ];
    for (const decode of [byPosition, ...decoders]) {
      const it = new LaneBench({ destination: { ...PER_EVENT, decode } });
      const ids = it.give(3);
      it.platform = () =>
        it.sent.length > 1
          ? OK
          : cut(
              'early',
              JSON.stringify([
                [0, delivered],
                [1, rejected],
              ]),
            );
      it.clock.advance(60_000);
      expect(it.sent[1]!.ids).toEqual(decode === byPosition ? [ids[2]] : ids);
      expect(it.ledger.pending).toBe(0);
      expect(it.lane.state.unverified).toBe(decode === decoders[1] ? 3 : 0);
    }
  });

  test('counts as delivered, unverified, if it cannot be decoded, for other platforms, and with onUnknown dead', () => {
    const undecodable = { result: { answer: { status: 200, headers: {}, body: '(…)', complete: false } } };
    for (const [destination, reply] of [
      [PER_EVENT, undecodable],
      [SOON, cut('early')],
      [SOON, cut('long')],
      [{ ...PER_EVENT, onUnknown: 'dead' } as const, cut('early')],
    ] as const) {
      const it = new LaneBench({ destination });
      it.platform = () => reply;
      it.give(3);
      it.clock.advance(60_000);
      expect(it.sent).toHaveLength(1);
      expect(it.lane.state.unverified).toBe(3);
    }
  });

  test.each([
    [{ answerBytesPerEvent: 1_000 }, 65],
    [{ answerBytesPerEvent: 100_000 }, 1],
    [{ answerBytesPerEvent: 10 }, 100],
    [{}, 100],
  ])('is avoided by smaller batches: %j', (members, maxEvents) => {
    const batch = { maxEvents: 100, maxDelayMs: 0 };
    const it = new LaneBench({ destination: { ...PER_EVENT, batch, ...members } });
    it.give(500);
    it.clock.advance(60_000);
    expect(Math.max(...it.sent.map(({ ids }) => ids.length))).toBe(maxEvents);
  });
});

describe('an unknown outcome', () => {
  const unknown: [string, AttemptResult][] = [
    ['500', answer(500)],
    ['502', answer(502)],
    ['504', answer(504)],
    ['520', answer(520)],
    ['timeout', { failure: 'timeout' }],
    ['ECONNRESET', { failure: 'ECONNRESET' }],
    ['UND_ERR_SOCKET', { failure: 'UND_ERR_SOCKET' }],
  ];
  const known: [string, AttemptResult][] = [
    ['503', answer(503)],
    ['429', answer(429)],
    ['408', answer(408)],
    ['ECONNREFUSED', { failure: 'ECONNREFUSED' }],
    ['ENOTFOUND', { failure: 'ENOTFOUND' }],
    ['a time-out before it was written', { failure: 'timeout', isUnsent: true }],
    ['a reset before it was written', { failure: 'ECONNRESET', isUnsent: true }],
    ['a proxy that refuses', { failure: 'PROXY_502' }],
    ['a socket that ended before its turn', { failure: CUT_OFF }],
  ];

  test.each(unknown)('%s: a dead letter at once, and never sent again', (name, result) => {
    const it = new LaneBench({ destination: ONCE });
    const ids = it.give(5);
    it.platform = () => (it.sent.length > 1 ? OK : { result });
    it.clock.advance(3_600_000);
    it.give();
    it.clock.advance(3_600_000);
    expect(it.sent.map((sent) => sent.ids.length)).toEqual([5, 1]);
    expect(it.deadIds).toEqual(ids);
    const [letter] = it.happened.filter(({ type }) => type === 'dead');
    expect(letter).toMatchObject({ reason: 'outcome_unknown' });
    expect(it.spoken.errors[0]).toContain(
      `may or may not have received 5 events (${'answer' in result ? 'answer ' : ''}${name})`,
    );
    expect(it.ledger).toMatchObject({ delivered: 1, dead: 5, pending: 0 });
  });

  test.each(known)('%s is none: it is sent again', (_, result) => {
    const it = new LaneBench({ destination: ONCE });
    it.platform = () => (it.sent.length > 1 ? OK : { result });
    it.give(5);
    it.clock.advance(3_600_000);
    expect(it.ledger).toMatchObject({ delivered: 5, dead: 0, pending: 0 });
  });

  test.each(unknown)('%s is sent again without onUnknown dead', (_, result) => {
    const it = new LaneBench({ destination: SOON });
    it.platform = () => (it.sent.length > 1 ? OK : { result });
    it.give(5);
    it.clock.advance(3_600_000);
    expect(it.ledger).toMatchObject({ delivered: 5, dead: 0 });
  });

  test('does not occur if the destination decides about a 500', () => {
    const it = new LaneBench({
      destination: { ...ONCE, decode: ({ status }) => (status === 500 ? 'retry' : undefined) },
    });
    it.platform = () => (it.sent.length > 1 ? OK : { result: answer(500) });
    it.give(5);
    it.clock.advance(60_000);
    expect(it.ledger).toMatchObject({ delivered: 5, dead: 0 });
  });

  test('costs one event at a time while the platform fails, in growing pauses', () => {
    const it = new LaneBench({ destination: ONCE });
    it.platform = () => ({ result: answer(500) });
    it.give(200);
    it.clock.advance(600_000);
    expect(it.sent.slice(3).every(({ ids }) => ids.length === 1)).toBe(true);
    expect(it.ledger.dead).toBeLessThan(60);
    it.platform = () => OK;
    it.clock.advance(600_000);
    expect(it.ledger).toMatchObject({ delivered: 200 - it.ledger.dead, pending: 0 });
  });

  test('at the end of the process is a dead letter, and not sent again by the next one', async () => {
    const it = new LaneBench({ destination: ONCE });
    it.platform = () => null;
    it.give(5);
    it.clock.advance(100);
    await it.lane.close();
    expect(it.ledger).toMatchObject({ dead: 5, pending: 0 });
  });

  test('cannot come from a shared socket, because no requests share one', () => {
    const encode = () =>
      ({ method: 'POST', url: 'http://shop.example', idempotent: true, body: '[]' }) as const;
    const [once, ever] = [ONCE, SOON].map((destination) => {
      const it = new LaneBench({ destination: { ...destination, encode } });
      it.give();
      it.clock.advance(100);
      return it.sent[0]!.request.idempotent;
    });
    expect([once, ever]).toEqual([false, true]);
  });
});
