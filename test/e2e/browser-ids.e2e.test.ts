import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Controller, Get, Module, Req } from '@nestjs/common';
import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Destination,
  fromCookie,
  fromRequestUser,
  type IdentityInput,
  journal,
  kissmetrics,
  RunAs,
  Track,
  type TrackingModuleOptions,
  TrackingService,
} from '../../lib/index.js';
import { expectAccounted } from '../support/accounting.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import { posthogLike, type ShownEvent } from '../support/posthog-like.js';
import { platforms, TrackedApplication } from './track-application.js';

const KM_ID = 'yMnKy8zNzs/Q0dLT1NXW19jZ2ts=';
const PH_ID = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const SESSION = '01934c2e-7c1f-7e6a-9d3b-000000000001';
const KM_AI = `km_ai=${encodeURIComponent(KM_ID)}`;
const posthogCookie = (more: object = {}): string =>
  `ph_phc_posthog=${encodeURIComponent(
    JSON.stringify({ distinct_id: PH_ID, $user_state: 'anonymous', $sesid: [1, SESSION, 1], ...more }),
  )}`;
const PH = posthogCookie();

interface Request {
  user?: { id: string } | undefined;
  headers: Record<string, string>;
}

@Controller()
class ShopController {
  constructor(private readonly tracking: TrackingService) {}

  @Get('view')
  @Track('Viewed')
  view(@Req() request: Request): void {
    signIn(request);
  }

  @Get('sign-in')
  signIn(@Req() request: Request): void {
    this.tracking.track('Before');
    signIn(request);
    this.tracking.track('After');
    this.tracking.track('Of The Same User', {}, { userId: request.user!.id });
    this.tracking.track('Of Another User', {}, { userId: 'bob' });
    this.tracking.track('Of A Browser Of The Application', {}, { anonymousId: 'own' });
  }

  @Get('job')
  async job(): Promise<void> {
    const payload = JSON.stringify({ identity: this.tracking.identity() });
    // A worker has no request.
    await new Promise<void>((done) => {
      waiting.push(() => done(this.work(JSON.parse(payload) as Job)));
    });
  }

  @RunAs((job: Job) => job.identity)
  @Track('Worked')
  async work({ identity }: Job): Promise<void> {
    this.tracking.runAs(identity ?? {}, () => this.tracking.track('Worked By The Service'));
  }
}

interface Job {
  readonly identity?: IdentityInput;
}

const waiting: (() => void)[] = [];

function signIn(request: Request): void {
  const id = request.headers['authorization'];
  if (id !== undefined) request.user = { id };
}

@Module({ controllers: [ShopController] })
class ShopModule {}

let server: MisbehavingServer;
let shop: TrackedApplication | undefined;
beforeEach(async () => {
  server = await MisbehavingServer.start();
});
afterEach(async () => {
  await shop?.close();
  shop = undefined;
  await server.close();
});

const both = (): Destination[] => [
  kissmetrics({ apiKey: 'key', endpoint: `${server.url}/km` }),
  posthogLike(`${server.url}/ph`),
];

/** The requests to each platform: persons by event for KISSmetrics, events by name for the other one. */
function sent(): { km: Record<string, string | null>; ph: Record<string, ShownEvent> } {
  const [km, ph]: [Record<string, string | null>, Record<string, ShownEvent>] = [{}, {}];
  for (const { path, body } of server.requests) {
    if (path.startsWith('/ph')) {
      for (const event of JSON.parse(body) as ShownEvent[]) ph[event.name] = event;
    } else {
      const query = new URLSearchParams(body);
      km[query.get('_n')!] = query.get('_p');
    }
  }
  return { km, ph };
}

const bodies = (path: string): string =>
  server.requests
    .filter((request) => request.path.startsWith(path))
    .map(({ body }) => decodeURIComponent(body))
    .join('\n');

describe.each(platforms)('browser ids on %s', (platform) => {
  const start = async (options: Partial<TrackingModuleOptions> = {}): Promise<TrackedApplication> => {
    shop = await TrackedApplication.start(platform, {
      imports: [ShopModule],
      options: { destinations: both(), ...options },
    });
    return shop;
  };
  const ask = async (path: string, cookie: string, user?: string): Promise<void> => {
    const headers = { cookie, ...(user !== undefined && { authorization: user }) };
    expect((await shop!.request(path, { headers })).status).toBe(200);
    await shop!.tracking.flush();
    expectAccounted(shop!.stats);
  };

  test('go to their own platform only, of a visitor and of a user', async () => {
    await start();
    await ask('/view', `${KM_AI}; ${PH}`);
    expect(sent().km).toEqual({ Viewed: KM_ID });
    expect(sent().ph['Viewed']).toMatchObject({
      anonymousId: PH_ID,
      browser: { anonymousId: PH_ID, sessionId: SESSION },
    });
    await ask('/view', `${KM_AI}; ${PH}`, 'ada');
    expect(sent().km).toEqual({ Viewed: 'ada' });
    expect(sent().ph['Viewed']).toMatchObject({ userId: 'ada', anonymousId: PH_ID });
    expect(bodies('/ph')).not.toContain('browserIds');
    expect(bodies('/ph')).not.toContain(KM_ID);
    expect(bodies('/km')).not.toContain(PH_ID);
  });

  test('are omitted everywhere if one cookie names another user, and the event goes with the user', async () => {
    await start();
    await ask('/view', `${KM_AI}; km_ni=grace; ${PH}`, 'ada');
    await ask(
      '/view',
      `${KM_AI}; ${posthogCookie({ $user_state: 'identified', distinct_id: 'grace' })}`,
      'ada',
    );
    expect(server.requests).toHaveLength(4);
    expect(sent().km).toEqual({ Viewed: 'ada' });
    expect(sent().ph['Viewed']).toMatchObject({ userId: 'ada' });
    for (const id of [KM_ID, PH_ID, SESSION, 'grace']) expect(bodies('/')).not.toContain(id);
    expect(shop!.stats.notices.identity_conflict).toBe(2);
  });

  test('follow the user who signs in during a request, and no other', async () => {
    await start();
    await ask('/sign-in', `${KM_AI}; ${PH}`, 'ada');
    const { km, ph } = sent();
    expect(km).toEqual({
      Before: KM_ID,
      After: 'ada',
      'Of The Same User': 'ada',
      'Of Another User': 'bob',
      'Of A Browser Of The Application': 'own',
    });
    const ids = (name: string): unknown[] => {
      const { userId, anonymousId, browser } = ph[name]!;
      return [userId, anonymousId, browser?.anonymousId];
    };
    expect(ids('Before')).toEqual([undefined, PH_ID, PH_ID]);
    expect(ids('After')).toEqual(['ada', PH_ID, PH_ID]);
    expect(ids('Of The Same User')).toEqual(['ada', PH_ID, PH_ID]);
    expect(ids('Of Another User')).toEqual(['bob', undefined, undefined]);
    expect(ids('Of A Browser Of The Application')).toEqual([undefined, 'own', undefined]);
  });

  test('of one platform alone send the event there, and the other one declines it', async () => {
    await start();
    await ask('/view', KM_AI);
    await ask('/view', PH);
    expect(server.requests.map(({ path }) => path.slice(0, 3))).toEqual(['/km', '/ph']);
    const { lanes, accepted } = shop!.stats;
    expect(accepted).toBe(2);
    expect(lanes['kissmetrics']!.declined).toEqual({ no_identity: 1 });
    expect(lanes['posthog']!.declined).toEqual({ no_identity: 1 });
    await ask('/view', posthogCookie({ $user_state: 'identified', distinct_id: 'grace' }));
    await ask('/view', 'km_ai=anonymous');
    expect(shop!.stats.rejected).toEqual({ no_identity: 2 });
  });

  test('have lower precedence than the application’s own resolver, whose id goes to all', async () => {
    await start({ identity: { resolvers: [fromRequestUser(), fromCookie('visitor')] } });
    await ask('/view', `${KM_AI}; ${PH}; visitor=own`);
    expect(sent().km).toEqual({ Viewed: 'own' });
    expect(sent().ph['Viewed']).toMatchObject({ anonymousId: 'own', browser: { anonymousId: PH_ID } });
  });

  test('leave the fallback to requests without an id of the event’s platforms', async () => {
    await start({ identity: { fallback: { userId: 'service:web' } } });
    await ask('/view', PH);
    expect(sent().km).toEqual({});
    expect(sent().ph['Viewed']).toMatchObject({ anonymousId: PH_ID });
    await ask('/view', '');
    expect(sent().km).toEqual({ Viewed: 'service:web' });
  });

  test('go with a visitor’s job', async () => {
    await start();
    const asked = ask('/job', `${KM_AI}; ${PH}`);
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    waiting.shift()!();
    await asked;
    expect(sent().km).toEqual({ Worked: KM_ID, 'Worked By The Service': KM_ID });
    for (const name of ['Worked', 'Worked By The Service']) {
      expect(sent().ph[name]).toMatchObject({ anonymousId: PH_ID, browser: { sessionId: SESSION } });
    }
  });

  test('are hashed, without the session that would undo it', async () => {
    await start({ hashIds: { secret: 'a secret of at least 32 characters' } });
    await ask('/view', `${KM_AI}; ${PH}`);
    expect(sent().km['Viewed']).toMatch(/^[\da-f]{64}$/);
    const { anonymousId, browser } = sent().ph['Viewed']!;
    expect(anonymousId).toMatch(/^[\da-f]{64}$/);
    expect(browser).toEqual({ anonymousId });
    expect(anonymousId).not.toBe(sent().km['Viewed']);
  });

  test('are stripped', async () => {
    await start({ consent: () => 'strip' });
    await ask('/view', `${KM_AI}; ${PH}`, 'lovelace');
    expect(sent().ph['Viewed']).not.toHaveProperty('browser');
    // A name of hexadecimal digits alone may be part of a UUID.
    for (const id of [KM_ID, PH_ID, SESSION, 'lovelace']) expect(bodies('/')).not.toContain(id);
  });

  test.each<[string, TrackingModuleOptions['redact'], boolean]>([
    ['stay where a hook copies the event', (event) => structuredClone(event), true],
    ['are left out where a hook gives another person', (event) => ({ ...event, userId: 'masked' }), false],
    [
      'are left out where a hook changes them',
      (event) => ({ ...event, userId: 'ada', browserIds: {} }),
      false,
    ],
  ])('%s', async (_what, redact, stay) => {
    await start({ redact: redact! });
    await ask('/view', `${KM_AI}; ${PH}`, 'ada');
    expect(sent().ph['Viewed']!.browser?.anonymousId).toBe(stay ? PH_ID : undefined);
  });
});

test('are the same after a crash and a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
  try {
    server.behave(503);
    const here = (file: string): string =>
      fileURLToPath(new URL(`../support/child/${file}`, import.meta.url));
    const child = spawn(
      process.execPath,
      [
        '--import',
        here('typescript.mjs'),
        here('browser-application.ts'),
        JSON.stringify({ directory, url: server.url, cookie: `${KM_AI}; ${PH}` }),
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    server.requests.splice(0);
    server.behave(200);
    shop = await TrackedApplication.start('Express', {
      options: { destinations: both(), buffer: journal({ directory }) },
    });
    while (Object.values(shop.stats.lanes).some(({ delivered }) => delivered === 0))
      await shop.tracking.flush({ timeoutMs: 1_000 });
    expect(sent().km).toEqual({ 'Order Completed': KM_ID });
    expect(sent().ph['Order Completed']).toMatchObject({
      anonymousId: PH_ID,
      browser: { anonymousId: PH_ID, sessionId: SESSION },
    });
    expect(bodies('/ph')).not.toContain(KM_ID);
  } finally {
    await shop?.close();
    shop = undefined;
    rmSync(directory, { recursive: true, force: true });
  }
});

test('whatever browsers send and whichever user is signed in, no platform gets an id that another one’s resolver read', async () => {
  const names = ['a', 'b', 'c'];
  shop = await TrackedApplication.start('Express', {
    imports: [ShopModule],
    options: {
      destinations: names.map((name) =>
        posthogLike(`${server.url}/${name}`, name, [
          ({ headers }: Request) => JSON.parse(headers[`x-${name}`] ?? '{}') as object,
        ]),
      ),
    },
  });
  const claims = (name: string): fc.Arbitrary<object> =>
    fc.record(
      {
        anonymousId: fc.constantFrom(`anonymous-${name}`, 'anonymous'),
        sessionId: fc.constant(`session-${name}`),
        clickIds: fc.constant({ click: `click-${name}` }),
        userId: fc.constant(`user-of-${name}`),
        claimedUserId: fc.constantFrom('ada', 'eve'),
      },
      { requiredKeys: [] },
    );
  const request = fc.record({
    path: fc.constantFrom('/view', '/sign-in'),
    user: fc.constantFrom('ada', 'bob'),
    claims: fc.tuple(...names.map((name) => fc.option(claims(name), { nil: undefined }))),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ path, user, claims: given }) => {
      server.requests.splice(0);
      const headers: Record<string, string> = { authorization: user };
      given.forEach((claim, at) => {
        if (claim !== undefined) headers[`x-${names[at]}`] = JSON.stringify(claim);
      });
      await shop!.request(path, { headers });
      await shop!.tracking.flush();
      for (const { path: to, body } of server.requests) {
        const own = to.slice(1);
        expect(body).not.toContain('user-of-');
        for (const [, of] of body.matchAll(/(?:anonymous|session|click)-(\w)/g)) expect(of).toBe(own);
      }
    }),
    { numRuns: 150 },
  );
  expectAccounted(shop.stats);
});
