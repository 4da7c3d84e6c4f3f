import { beforeEach, expect, it } from '@jest/globals';
import { customDestination } from '../support/custom-destination.js';
import type { Attempt, Destination, FreshCredentials } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { ATTEMPT_MS } from '../support/platforms.js';
import { Scene, storedNumbers } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

const LIFE_S = 30;

let scene: Scene;
let platform: MisbehavingServer;
let issuer: MisbehavingServer;
/** Tokens that the platform accepts, with their end. */
let valid: Map<string, number>;
let issued: number;

beforeEach(async () => {
  scene = new Scene();
  [platform, issuer] = [await scene.server(), await scene.server()];
  valid = new Map();
  issued = 0;
  issuer.behave(() => issue());
  platform.behave(({ headers }) => (isValid(headers.authorization) ? 200 : 401));
});

/** Like an OAuth token endpoint. Its tokens expire a third earlier than declared. */
function issue() {
  const token = `token-${++issued}`;
  valid.set(`Bearer ${token}`, scene.clock.now() + (LIFE_S * 1_000 * 2) / 3);
  return { status: 200, body: JSON.stringify({ access_token: token, expires_in: LIFE_S }) };
}

function isValid(authorization = ''): boolean {
  return (valid.get(authorization) ?? 0) > scene.clock.now();
}

/** A client without a timeout: a call of an endpoint that hangs never ends. */
function credentials(): Promise<FreshCredentials> {
  const ended = new AbortController();
  const socketEnds = scene.clock.after(ATTEMPT_MS, () => ended.abort());
  return new Promise((resolve, reject) => {
    void fetch(`${issuer.url}/token`, { method: 'POST', body: 'grant_type=x', signal: ended.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`the endpoint answered ${response.status}`);
        const { access_token: token, expires_in: seconds } = (await response.json()) as {
          access_token: string;
          expires_in: number;
        };
        socketEnds.cancel();
        resolve({ values: { token }, expiresAt: scene.clock.now() + seconds * 1_000 });
      })
      .catch((error: unknown) => {
        if (ended.signal.aborted) return;
        socketEnds.cancel();
        reject(error as Error);
      });
  });
}

function destination(parts: Partial<Destination> = {}): Destination {
  return {
    ...customDestination(platform),
    credentials,
    batch: { maxEvents: 20, maxDelayMs: 0 },
    encode: (batch: readonly LaneEvent[], attempt: Attempt) => ({
      method: 'POST' as const,
      url: `${platform.url}/custom`,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${attempt.credentials!['token']}`,
      },
      body: JSON.stringify(batch.map(({ event: { id, properties } }) => ({ id, properties }))),
    }),
    ...parts,
  };
}

async function start(): Promise<TrackedApplication> {
  const app = await scene.application({ destinations: [destination()] });
  app.observe();
  return app;
}

function expectAllOnce(app: TrackedApplication): void {
  expect(storedNumbers(platform)).toEqual(app.numbers);
  expect(app.lane()).toMatchObject({ delivered: app.numbers.length, pending: 0, dead: 0, dropped: {} });
  expect(app.lifecycle.filter(({ type }) => type === 'parked' || type === 'dead')).toEqual([]);
}

it('tokens that the platform rejects before they expire cost no event, for ten minutes', async () => {
  const app = await start();
  await scene.run(600_000, { ms: 1_000, run: () => app.track(7) });
  await scene.until(app.idle);
  expectAllOnce(app);
  expect(app.lane().retries).toBeGreaterThan(20);
  expect(issued).toBeLessThanOrEqual(600 / ((LIFE_S * 2) / 3) + 2);
});

it('a token that is revoked in the middle of a backlog is replaced, and the backlog is delivered', async () => {
  const app = await start();
  let requests = 0;
  platform.behave(({ headers }) => {
    if (++requests % 10 === 0) valid.clear();
    return isValid(headers.authorization) ? 200 : 401;
  });
  app.track(2_000);
  await scene.until(app.idle);
  expectAllOnce(app);
  expect(issued).toBeGreaterThan(5);
});

it('an endpoint that hangs delays events until its deadline, and loses none', async () => {
  issuer.behave(({ number }) => (number <= 3 ? 'hang' : issue()));
  const app = await start();
  app.track(50);
  await scene.until(app.idle);
  expectAllOnce(app);
  expect(platform.requests[0]!.at - issuer.requests[0]!.at).toBeGreaterThan(3 * ATTEMPT_MS);
  expect(scene.log.text).toContain('did not answer in time');
});

it.each(['refuses connections', 'answers 500'])(
  'an endpoint that %s for an hour costs time alone',
  async (how) => {
    const app = await start();
    app.track(30);
    await scene.until(app.idle);
    if (how === 'answers 500') issuer.behave(500);
    else await issuer.goDown();
    await scene.run(3_600_000, { ms: 60_000, run: () => app.track(10) });
    const { pending, parked } = app.lane();
    expect(pending).toBeGreaterThan(500);
    expect(parked).toBeNull();
    if (how === 'answers 500') issuer.behave(() => issue());
    else await issuer.comeUp();
    await scene.until(app.idle);
    expectAllOnce(app);
    expect(scene.log.text).toContain('has valid credentials again');
  },
);

it('a shutdown during that time reports why events are left', async () => {
  issuer.behave(500);
  const app = await start();
  app.track(5);
  await scene.run(60_000);
  await app.close();
  expect(app.lane().dropped).toMatchObject({ closed: 5 });
  expect(scene.log.text).toContain(
    'The destination had no valid credentials: its `credentials` function gave none (failed).',
  );
  expect(scene.log.text).not.toContain('token-');
});
