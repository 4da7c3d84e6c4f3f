import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { ATTEMPT_MS, PLATFORMS } from '../support/platforms.js';
import type { Platform } from '../support/platforms.js';
import { countedNumbers, Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;

describe.each(PLATFORMS)('$name()', (platform: Platform) => {
  let scene: Scene;
  let server: MisbehavingServer;
  let app: TrackedApplication;
  /** 250 events a second. */
  const traffic = { ms: 100, run: () => void app.track(25) };

  beforeEach(async () => {
    scene = new Scene();
    server = await scene.server();
    app = await scene.application({
      destinations: [platform.destination(server, { batch: { maxEvents: 100 } })],
    });
  });

  it('loses and duplicates no event in 10 s of 500, and makes at most 10 further requests', async () => {
    server.behave(500);
    const begin = scene.clock.monotonic();
    const failing = (): boolean => scene.log.text.includes('is failing (answer 500)');
    while (!failing()) await scene.run(100, traffic);
    const firstRound = server.requests.length;
    await scene.run(10 * SECOND - (scene.clock.monotonic() - begin), traffic);
    expect(server.requests.length - firstRound).toBeLessThanOrEqual(10);
    expect(server.requests.length).toBeGreaterThan(firstRound);
    expect(firstRound).toBeLessThanOrEqual(platform.concurrency + 2);

    server.behave(200);
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers);
    expect(app.lane()).toMatchObject({ dead: 0, dropped: {}, delivered: app.numbers.length });
  });

  it('loses nothing while connections are refused for 30 s', async () => {
    await server.goDown();
    await scene.run(30 * SECOND, traffic);
    expect(app.lane()).toMatchObject({ delivered: 0, pending: 7_500 });
    expect(app.lane().attempts).toBeLessThanOrEqual(platform.concurrency + 15);

    await server.comeUp();
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers);
  });

  it('ends each attempt at its deadline while a collector never answers for 20 s, and loses nothing', async () => {
    server.behave('hang');
    await scene.run(20 * SECOND, traffic);
    expect(app.lane().delivered).toBe(0);
    const given = server.requests.filter(({ endedAt }) => endedAt !== undefined);
    expect(given.length).toBeGreaterThan(0);
    // No attempt lasts longer; a request that shared a socket with an aborted one may have begun later.
    expect(Math.max(...given.map(({ at, endedAt }) => endedAt! - at))).toBe(ATTEMPT_MS);

    server.behave(200);
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers);
  });

  it('sends nothing before Retry-After has passed, and comes back one request at a time', async () => {
    server.behave({ status: 429, headers: { 'retry-after': '5' } });
    await scene.run(10 * SECOND, traffic);
    const first = server.requests[0]!.at;
    const rounds = [...new Set(server.requests.map(({ at }) => at - first))];
    expect(rounds).toEqual([0, 5 * SECOND, 10 * SECOND].slice(0, rounds.length));
    // Requests that were in flight at the first answer do not count. After it there is one request a round.
    expect(server.requests.filter(({ at }) => at > first)).toHaveLength(rounds.length - 1);

    server.behave('hang');
    await scene.until(() => server.held > 0);
    expect(server.held).toBe(1);
    server.release();
    await scene.settled();
    expect(server.held).toBe(2);

    server.behave(200);
    server.release();
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual(app.numbers);
  });

  it('loses nothing while 20 % of the connections are reset, before or after the request was read', async () => {
    let read = 0;
    server.resetUnread = (arrival) => arrival % 10 === 3;
    server.behave(() => (++read % 9 === 4 ? 'reset' : 200));
    for (let round = 0; round < 20; round++) {
      app.track(100);
      await scene.run(1_000);
    }
    await scene.until(app.idle);
    expect(countedNumbers(server)).toEqual(app.numbers);
    expect(app.lane()).toMatchObject({ dead: 0, dropped: {}, delivered: 2_000 });
    expect(app.lane().retries).toBeGreaterThan(0);
  });

  it('sends events with the same id if the answer is cut after they are stored, so that each counts once', async () => {
    server.behave(({ number }) => (number % 10 === 0 ? 'storeThenCut' : 200));
    for (let round = 0; round < 30; round++) {
      app.track(100);
      await scene.run(1_000);
    }
    await scene.until(app.idle);
    expect(server.stored.length).toBeGreaterThan(app.numbers.length);
    expect(countedNumbers(server)).toEqual(app.numbers);
    expect(new Set(server.stored.map(({ id, n }) => `${n} ${id}`)).size).toBe(app.numbers.length);
    expect(app.lane()).toMatchObject({ dead: 0, dropped: {}, delivered: 3_000 });
  });

  it('delivers at once when an outage of an hour ends and new events arrive', async () => {
    await server.goDown();
    app.track(300);
    await scene.run(3_600 * SECOND);
    expect(app.lane().pending).toBe(300);
    // One request a minute after the backoff has grown: the longest pause is 60 s, the shortest half of it.
    expect(app.lane().attempts).toBeLessThanOrEqual(platform.concurrency + 10 + 120);
    await server.comeUp();
    await scene.until(app.idle, 60 * SECOND);
    expect(storedNumbers(server)).toEqual(app.numbers);
  });
});
