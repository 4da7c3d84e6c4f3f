import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Behaviour, MisbehavingServer, SeenRequest } from '../support/misbehaving-server.js';
import type { SeenEvent } from '../support/seen-events.js';
import { PLATFORMS } from '../support/platforms.js';
import type { Platform } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const SECOND = 1_000;
const POISON = 'poison';

/** Gives this answer to poisoned content, and a success to other content. */
const contentIs =
  (status: Behaviour) =>
  ({ body }: SeenRequest): Behaviour =>
    body.includes(POISON) ? status : 200;

describe.each(PLATFORMS)('$name()', (platform: Platform) => {
  let scene: Scene;
  let server: MisbehavingServer;
  let app: TrackedApplication;
  const traffic = { ms: 100, run: () => void app.track(5) };

  const start = async (): Promise<void> => {
    app = await scene.application({
      destinations: [platform.destination(server, { batch: { maxEvents: 50 } })],
    });
    app.observe();
  };
  const dead = (): number[] =>
    app.lifecycle.filter(({ type }) => type === 'dead').map(({ event }) => event!.properties['n'] as number);
  const expectOnlyDead = (...poisoned: number[]): void => {
    expect(dead().toSorted((a, b) => a - b)).toEqual(poisoned);
    expect(storedNumbers(server)).toEqual(app.numbers.filter((n) => !poisoned.includes(n)));
    expect(app.lane()).toMatchObject({
      dead: poisoned.length,
      delivered: app.numbers.length - poisoned.length,
      dropped: {},
      parked: null,
    });
  };

  beforeEach(async () => {
    scene = new Scene();
    server = await scene.server();
    await start();
  });

  it.each([400, 413, 422, 403, 404])(
    'dead-letters exactly the one event whose content is answered %i, and delivers all others',
    async (status) => {
      server.behave(contentIs(status));
      app.track(100);
      const [poisoned] = app.track(1, { note: POISON });
      app.track(100);
      await scene.until(app.idle);
      expectOnlyDead(poisoned!);
    },
  );

  it('finds several poisoned events among the others, whatever their status', async () => {
    server.behave((request) =>
      request.body.includes('poison-a') ? 400 : request.body.includes('poison-b') ? 403 : 200,
    );
    app.track(40);
    const [a] = app.track(1, { note: 'poison-a' });
    app.track(7);
    const [b] = app.track(1, { note: 'poison-b' });
    const [c] = app.track(1, { note: 'poison-a' });
    await scene.run(20 * SECOND, traffic);
    await scene.until(app.idle);
    expectOnlyDead(a!, b!, c!);
  });

  const { invalid } = platform;
  if (invalid !== undefined)
    it('dead-letters exactly the events that its answer names, and splits no batch for them', async () => {
      const isPoison = ({ n }: SeenEvent): boolean => n === 70 || n === 71;
      const bad = ({ events }: SeenRequest): number[] =>
        events.flatMap((event, at) => (isPoison(event) ? [at] : []));
      server.behave((request) => (bad(request).length > 0 ? invalid(bad(request)) : 200));
      app.track(200);
      await scene.until(app.idle);
      expectOnlyDead(70, 71);
      expect(server.requests.filter((request) => bad(request).length > 0)).toHaveLength(1);
    });

  it('drops no event while every answer is a 400 for 10 s, and delivers all afterwards', async () => {
    server.behave(400);
    await scene.run(10 * SECOND, traffic);
    expect(app.lane()).toMatchObject({ dead: 0, parked: 'refused_all', pending: app.numbers.length });
    expect(scene.log.of('error').filter((text) => text.includes('is parked'))).toHaveLength(1);
    server.behave(200);
    await scene.until(app.idle);
    expectOnlyDead();
  });

  it.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [402, 'misconfigured'],
    [404, 'misconfigured'],
    [405, 'misconfigured'],
    [410, 'misconfigured'],
    [415, 'misconfigured'],
    [302, 'misconfigured'],
  ] as const)(
    'parks on %i with one loud line, tries one event at a time, each another, and resumes by itself',
    async (status, reason) => {
      server.behave({ status, headers: status === 302 ? { location: `${server.url}/login` } : {} });
      app.track(1);
      await scene.until(() => app.lane().parked !== null);
      const before = server.requests.length;
      await scene.run(60 * SECOND, traffic);
      expect(app.lane()).toMatchObject({ dead: 0, parked: reason, pending: app.numbers.length });
      expect(scene.log.of('error')).toHaveLength(1);

      const probes = server.requests.slice(before);
      expect(probes.length).toBeGreaterThan(3);
      expect(probes.length).toBeLessThan(12);
      expect(probes.map(({ events }) => events.length)).toEqual(probes.map(() => 1));
      expect(probes.map(({ inFlight }) => inFlight)).toEqual(probes.map(() => 1));
      expect(new Set(probes.map(({ events }) => events[0]!.n)).size).toBe(probes.length);
      expect(new Set(server.requests.map(({ path }) => path)).size).toBe(1);

      server.behave(200);
      await scene.until(app.idle);
      expectOnlyDead();
      expect(app.lifecycle.map(({ type }) => type)).toContain('resumed');
    },
  );

  it('uses its events as probes in turn after each has been one', async () => {
    server.behave(401);
    app.track(3);
    await scene.until(() => app.lane().parked !== null);
    const before = server.requests.length;
    await scene.run(600 * SECOND);
    const probed = server.requests.slice(before).map(({ events }) => events[0]!.n);
    const turns = app.numbers.map((number) => probed.filter((n) => n === number).length);
    expect(Math.min(...turns)).toBeGreaterThan(2);
    expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(1);
  });

  it('delivers the only event of a lane, however long it is rejected', async () => {
    server.behave(400);
    const [only] = app.track(1);
    await scene.run(3_600 * SECOND);
    expect(app.lane()).toMatchObject({ dead: 0, pending: 1 });
    expect(server.requests.length).toBeLessThan(140);
    server.behave(200);
    await scene.until(app.idle);
    expect(storedNumbers(server)).toEqual([only]);
    expectOnlyDead();
  });

  it('continues halving after a 503', async () => {
    let requests = 0;
    server.behave((request) => (++requests % 3 === 0 ? 503 : contentIs(400)(request)));
    app.track(60);
    const [poisoned] = app.track(1, { note: POISON });
    app.track(60);
    // Others succeed later, too: the sockets decide which request is answered last.
    await scene.run(30 * SECOND, traffic);
    await scene.until(app.idle);
    expectOnlyDead(poisoned!);
  });

  it('drops no event in a total outage that begins during halving, and only the poisoned event after it', async () => {
    let requests = 0;
    server.behave((request) => (++requests > 3 ? 503 : contentIs(400)(request)));
    app.track(30);
    const [poisoned] = app.track(1, { note: POISON });
    app.track(30);
    await scene.run(300 * SECOND);
    expect(app.lane().dead).toBe(0);
    server.behave(contentIs(400));
    await scene.until(app.idle);
    expectOnlyDead(poisoned!);
  });

  it('distinguishes content that a firewall rejects from credentials that were wrong before', async () => {
    server.behave(401);
    app.track(20);
    const [poisoned] = app.track(1, { note: POISON });
    await scene.run(30 * SECOND, traffic);
    expect(app.lane()).toMatchObject({ parked: 'unauthorized', dead: 0 });
    server.behave(contentIs(403));
    await scene.until(app.idle);
    expectOnlyDead(poisoned!);
  });

  it('keeps poisoned events until the platform accepts an event, and resolves them after the first valid one', async () => {
    server.behave(contentIs(400));
    const poisoned = app.track(4, { note: POISON });
    await scene.run(600 * SECOND);
    expect(app.lane()).toMatchObject({ dead: 0, pending: 4, parked: 'refused_all' });
    app.track(5);
    await scene.until(app.idle);
    expectOnlyDead(...poisoned);
  });
});
