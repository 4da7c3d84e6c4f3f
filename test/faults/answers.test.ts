import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer, Outcome } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import { customDestination, numberOf } from '../support/custom-destination.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { PLATFORMS, WEBHOOK } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;
const httpDate = (epoch: number): string => new Date(epoch).toUTCString();

let scene: Scene;
let server: MisbehavingServer;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
});

describe.each(PLATFORMS)('$name()', (platform) => {
  const YEAR = 31_536_000;
  const backoff = [250, 500] as const;

  it.each([
    ['5', 'any', [5_000, 5_000]],
    [' 2 ', 'any', [2_000, 2_000]],
    ['0', 'any', backoff],
    ['-30', 'any', backoff],
    ['soon', 'any', backoff],
    ['', 'any', backoff],
    [String(YEAR), 'any', [300_000, 300_000]],
    ['9'.repeat(400), 'any', [300_000, 300_000]],
    ['a date in the past', -60, backoff],
    ['a date in 20 s', 20, [20_000, 20_000]],
    ['a date in a year', YEAR, [300_000, 300_000]],
  ] as const)(
    'waits for Retry-After: %s, whatever the collector’s clock shows',
    async (value, inSeconds, [atLeast, atMost]) => {
      // The collector's clock is three hours behind: only the difference of the times in its answer counts.
      const date = Date.UTC(2026, 10, 2, 6);
      const retryAfter = inSeconds === 'any' ? value : httpDate(date + inSeconds * SECOND);
      server.behave(({ number }) =>
        number > 1
          ? 200
          : {
              status: 503,
              headers: { date: httpDate(date), 'retry-after': retryAfter, connection: 'close' },
            },
      );
      const app = await scene.application({ destinations: [platform.destination(server)] });
      app.track(1);
      await scene.until(app.idle);
      const [first, second] = server.requests;
      expect(second!.at - first!.at).toBeGreaterThanOrEqual(atLeast);
      expect(second!.at - first!.at).toBeLessThanOrEqual(atMost);
    },
  );

  it('counts a 200 that is cut in its body as delivered, unverified, and never sends it again', async () => {
    server.behave({ status: 200, body: '{"received": tr', cut: true });
    const app = await scene.application({ destinations: [platform.destination(server)] });
    // One at a time, so that no other request shares the socket that is cut.
    for (let event = 0; event < 5; event++) {
      app.track(1);
      await scene.until(app.idle);
    }
    expect(storedNumbers(server)).toEqual(app.numbers);
    expect(app.lane()).toMatchObject({ delivered: 5, unverified: 5, retries: 0 });
  });

  it('reads no more of an endless answer than it needs', async () => {
    server.behave({ status: 200, body: 'x'.repeat(3_000_000) });
    const app = await scene.application({ destinations: [platform.destination(server)] });
    app.track(1);
    await scene.until(app.idle);
    expect(app.lane()).toMatchObject({ delivered: 1, unverified: 1, retries: 0 });
  });
});

describe('a destination of the application', () => {
  const start = async (parts: Parameters<typeof customDestination>[1]): Promise<TrackedApplication> => {
    const app = await scene.application({ destinations: [customDestination(server, parts)] });
    app.observe();
    return app;
  };
  const dead = (app: TrackedApplication): unknown[] =>
    app.lifecycle
      .filter(({ type }) => type === 'dead')
      .map(({ event, reason }) => [event!.properties['n'], reason]);
  /** An answer that names events by a function of their number. */
  const naming =
    (outcome: (n: number) => unknown) =>
    (_: Answer, batch: readonly LaneEvent[]): Map<string, Outcome> =>
      new Map(
        batch.flatMap((held): [string, Outcome][] => {
          const named = outcome(numberOf(held));
          return named === undefined ? [] : [[held.event.id, named as Outcome]];
        }),
      );

  it('counts a 200 that it cannot decode as delivered, unverified', async () => {
    const app = await start({
      decode: () => {
        throw new Error('no idea');
      },
    });
    app.track(10);
    await scene.until(app.idle);
    expect(app.lane()).toMatchObject({ delivered: 10, unverified: 10, attempts: 1 });
  });

  it('uses the status if it cannot decode another answer', async () => {
    server.behave(({ number }) => (number < 3 ? 500 : 200));
    const app = await start({
      decode: ({ status }: Answer) => {
        if (status !== 200) throw new Error('no idea');
      },
    });
    app.track(10);
    await scene.until(app.idle);
    expect(app.lane()).toMatchObject({ delivered: 10, unverified: 0, attempts: 3 });
  });

  it.each([
    ['an array', []],
    ['an object', {}],
    ['null', null],
    ['a number', 7],
    ['a word that is none', 'toString'],
    ['a Map of nonsense', 'map'],
    ['a Map of outcomes of an unknown kind', 'kinds'],
    ['a promise', 'promise'],
  ])('decides by the status when decode returns %s', async (_, returned) => {
    server.behave(({ number }) => (number === 1 ? 503 : 200));
    const app = await start({
      decode: (_answer: Answer, batch: readonly LaneEvent[]) => {
        if (returned === 'promise') return Promise.reject(new Error('too late'));
        if (returned === 'map') return new Map(batch.map(({ event }) => [event.id, undefined]));
        if (returned === 'kinds') return new Map(batch.map(({ event }) => [event.id, { kind: 'eaten' }]));
        return returned;
      },
    });
    app.track(10);
    await scene.until(app.idle);
    expect(app.lane()).toMatchObject({ delivered: 10, dead: 0, attempts: 2 });
  });

  it.each([
    ['throws', new Error('cannot')],
    ['returns nothing', undefined],
    ['returns no URL', { method: 'POST' }],
    ['returns a URL that is none', { method: 'POST', url: 'nowhere' }],
    ['returns a promise', 'promise'],
    ['returns a body of a wrong kind', { method: 'POST', url: 'http://127.0.0.1:1/', body: { a: 1 } }],
  ])('gives up exactly the one event for which encode %s, without a request for it', async (_, result) => {
    const good = customDestination(server);
    const app = await start({
      encode: (batch: readonly LaneEvent[], attempt: never) => {
        if (!batch.some((held) => numberOf(held) === 7)) return good.encode(batch, attempt);
        if (result instanceof Error) throw result;
        return result === 'promise' ? Promise.reject(new Error('too late')) : result;
      },
    });
    app.track(20);
    await scene.until(app.idle);
    expect(dead(app)).toEqual([[7, 'encode_error']]);
    expect(storedNumbers(server)).toEqual(app.numbers.filter((n) => n !== 7));
    expect(app.lane()).toMatchObject({ dead: 1, attempts: server.requests.length, retries: 0 });
  });

  it('settles events that the answer names by the answer, and the others by the status', async () => {
    let answers = 0;
    const app = await start({
      decode: (answer: Answer, batch: readonly LaneEvent[]) => {
        answers++;
        return naming((n) => {
          if (n === 3) return { kind: 'rejected', detail: 'no such plan' };
          if (n === 5) return answers < 3 ? { kind: 'retry', afterMs: 7_000 } : { kind: 'delivered' };
          return n % 2 === 0 ? { kind: 'delivered' } : undefined;
        })(answer, batch);
      },
    });
    app.track(10);
    await scene.until(app.idle);
    expect(dead(app)).toEqual([[3, 'refused']]);
    expect(app.lane()).toMatchObject({ delivered: 9, dead: 1, attempts: 3 });
    expect(server.requests.map(({ events }) => events.map(({ n }) => n))).toEqual([app.numbers, [5], [5]]);
    const times = server.requests.map(({ at }) => at);
    expect([times[1]! - times[0]!, times[2]! - times[1]!]).toEqual([7_000, 7_000]);
  });

  it('halves the events that a 400 does not name, and settles the named ones by the answer', async () => {
    server.behave(({ events }) => (events.some(({ n }) => n === 4) ? 400 : 200));
    const app = await start({
      decode: (answer: Answer, batch: readonly LaneEvent[]) =>
        answer.status === 400
          ? naming((n) => (n === 4 ? { kind: 'rejected' } : undefined))(answer, batch)
          : undefined,
    });
    app.track(8);
    await scene.until(app.idle);
    expect(dead(app)).toEqual([[4, 'refused']]);
    expect(storedNumbers(server)).toEqual([0, 1, 2, 3, 5, 6, 7]);
  });

  it.each([undefined, Number.NaN, -1, 'soon', 0])(
    'waits ever longer for an event that is named for a retry again and again (afterMs: %s)',
    async (afterMs) => {
      const app = await start({
        decode: naming((n) => (n === 2 ? { kind: 'retry', afterMs } : { kind: 'delivered' })),
      });
      app.track(5);
      await scene.run(600 * SECOND);
      expect(app.lane()).toMatchObject({ delivered: 4, pending: 1 });
      expect(server.requests.length).toBeGreaterThan(8);
      expect(server.requests.length).toBeLessThan(40);
    },
  );

  it('caps the pause that an answer asks for an event', async () => {
    let answers = 0;
    const app = await start({
      decode: (answer: Answer, batch: readonly LaneEvent[]) =>
        ++answers === 1 ? naming(() => ({ kind: 'retry', afterMs: Infinity }))(answer, batch) : undefined,
    });
    app.track(1);
    await scene.until(app.idle);
    expect(server.requests[1]!.at - server.requests[0]!.at).toBe(300 * SECOND);
  });

  it('cuts batches by parts, and sends an event of unknown part alone', async () => {
    const app = await start({
      partition: (held: LaneEvent) => {
        if (numberOf(held) === 4) throw new Error('no part');
        return String(numberOf(held) < 7);
      },
    });
    app.track(10);
    await scene.until(app.idle);
    expect(server.requests.map(({ events }) => events.map(({ n }) => n))).toEqual([
      [0, 1, 2, 3],
      [4],
      [5, 6],
      [7, 8, 9],
    ]);
  });

  it('may throw everywhere without harm to the application or another destination', async () => {
    const fail = (): never => {
      throw new Error('broken');
    };
    const healthy = await scene.server();
    const app = await scene.application({
      destinations: [
        customDestination(server, { encode: fail, decode: fail, partition: fail, accept: undefined }),
        WEBHOOK.destination(healthy),
      ],
    });
    app.track(100);
    await scene.until(app.idle);
    expect(storedNumbers(healthy)).toEqual(app.numbers);
    expect(app.lane('custom')).toMatchObject({ dead: 100, attempts: 0 });
    expect(server.requests).toEqual([]);
  });

  it('declines every event by throwing in accept, without an effect on another destination', async () => {
    const healthy = await scene.server();
    const app = await scene.application({
      destinations: [
        customDestination(server, {
          accept: () => {
            throw new Error('broken');
          },
        }),
        WEBHOOK.destination(healthy),
      ],
    });
    app.track(100);
    await scene.until(app.idle);
    expect(storedNumbers(healthy)).toEqual(app.numbers);
    expect(app.lane('custom')).toMatchObject({ accepted: 0, declined: { encode_error: 100 } });
  });
});
