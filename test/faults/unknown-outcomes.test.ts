import { beforeEach, expect, it } from '@jest/globals';
import type { Answer, Outcome } from '../../lib/destinations/destination.js';
import { customDestination } from '../support/custom-destination.js';
import type { Behaviour, MisbehavingServer, SeenRequest } from '../support/misbehaving-server.js';
import { countedNumbers, Scene, storedNumbers } from '../support/tracked-application.js';

let scene: Scene;
let server: MisbehavingServer;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
});

it('a platform without deduplication gets each event once at most; events that it may have received are dead letters', async () => {
  const script: Behaviour[] = [
    200,
    'storeThenCut',
    'reset',
    500,
    503,
    429,
    'hang',
    504,
    200,
    'storeThenCut',
    502,
  ];
  server.behave(({ number }) => script[number - 1] ?? 200);
  const batch = { maxEvents: 10, maxDelayMs: 0 };
  const app = await scene.application({
    destinations: [customDestination(server, { batch, onUnknown: 'dead', concurrency: 2 })],
  });
  app.observe();
  for (let second = 0; second < 60; second++) {
    app.track(5);
    await scene.run(1_000);
  }
  server.release('storeThenCut');
  await server.goDown();
  app.track(5);
  await scene.run(60_000);
  await server.comeUp();
  await scene.until(app.idle);
  const stored = storedNumbers(server);
  expect(new Set(stored).size).toBe(stored.length);
  const dead = app.lifecycle.filter(({ type }) => type === 'dead');
  expect(new Set(dead.map(({ reason }) => reason))).toEqual(new Set(['outcome_unknown']));
  const known = [...stored, ...dead.map(({ event }) => event!.properties['n'] as number)];
  expect([...new Set(known)].toSorted((a, b) => a - b)).toEqual(app.numbers);
  expect(app.lane()).toMatchObject({ dead: dead.length, dropped: {}, pending: 0 });
  // Refused connections, 503 and 429 make no dead letters.
  expect(dead.length).toBeLessThan(60);
});

it('a per-event answer that is too long is read in parts, under the same ids', async () => {
  const RESULT_BYTES = 2_000;
  const results = ({ events }: SeenRequest): Behaviour => ({
    status: 200,
    body: JSON.stringify(
      events.map(({ id, n }) => [
        id,
        { kind: n % 7 === 0 ? 'rejected' : 'delivered' },
        'x'.repeat(RESULT_BYTES),
      ]),
    ),
  });
  server.behave(results);
  const decode = ({ body }: Answer): Map<string, Outcome> =>
    new Map((JSON.parse(body) as [string, Outcome][]).map(([id, outcome]) => [id, outcome]));
  const app = await scene.application({
    destinations: [
      customDestination(server, {
        decode,
        acknowledgement: 'perEvent',
        batch: { maxEvents: 100, maxDelayMs: 0 },
      }),
    ],
  });
  app.track(700);
  await scene.until(app.idle);
  expect(countedNumbers(server)).toEqual(app.numbers);
  expect(app.lane()).toMatchObject({ delivered: 600, dead: 100, unverified: 0, pending: 0 });
  // Only the first batches were too long.
  expect(server.requests.filter(({ events }) => events.length > 32).length).toBeLessThan(20);
});
