import { afterEach, describe, expect, test } from '@jest/globals';
import fastifyCookie from '@fastify/cookie';
import { Controller, Get, type INestApplication, Param, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import cookieParser from 'cookie-parser';
import { readFileSync } from 'node:fs';
import {
  fromAmplitudeCookie,
  fromCookie,
  fromGoogleAnalyticsCookie,
  fromHeader,
  fromJitsuCookies,
  fromJwtClaim,
  fromKissmetricsCookies,
  fromMixpanelCookie,
  fromPosthogCookie,
  fromPosthogHeaders,
  fromRequestUser,
  fromRudderstackCookies,
  fromSegmentCookies,
  fromSnowplowCookie,
  type IdentityResolver,
  Track,
  TrackingService,
} from '../../lib/index.js';
import { type Platform, platforms, TrackedApplication } from './track-application.js';

const SECRET = 'of this test';

interface Request {
  user?: unknown;
  auth?: unknown;
}

@Controller()
class Shop {
  constructor(private readonly tracking: TrackingService) {}

  @Get('browse')
  @Track('Browsed')
  browse(): void {
    this.tracking.track('Seen');
  }

  @Get('verified/:where')
  @Track('Verified')
  verified(@Req() request: Request, @Param('where') where: string): void {
    const payload = { sub: 'ada' };
    if (where === 'user') request.user = payload;
    else request.auth = where === 'bearer' ? { header: {}, payload, token: '' } : payload;
  }
}

/** The application's own signature, by the plugin that it has. */
const withPlugin: Record<Platform, (app: INestApplication) => void> = {
  Express: (app) => app.use(cookieParser(SECRET)),
  Fastify: (app) => void (app as NestFastifyApplication).register(fastifyCookie, { secret: SECRET }),
};

const plugins: Record<Platform, string> = { Express: 'cookie-parser', Fastify: '@fastify/cookie' };

/** The value that a platform's plugin writes for a signed cookie. */
const signed: Record<Platform, (value: string) => string> = {
  Express: (value) => `s:${fastifyCookie.sign(value, SECRET)}`,
  Fastify: (value) => fastifyCookie.sign(value, SECRET),
};

interface Pair {
  readonly cookies?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** Requests of browsers with every vendor's library after a sign-in there as another user. */
function everyClaim(): Record<string, string> {
  const pairs = Object.values(
    JSON.parse(
      readFileSync(new URL('../destinations/browser-identity.fixture.json', import.meta.url), 'utf8'),
    ) as Record<string, Pair[]>,
  ).flat();
  const cookies = Object.assign({}, ...pairs.map((pair) => pair.cookies)) as Record<string, string>;
  const headers = Object.assign({}, ...pairs.map((pair) => pair.headers)) as Record<string, string>;
  const plain = 'userId user user_id uid sub id km_ni km_ai ajs_user_id __eventn_uid __proto__ constructor';
  for (const name of plain.split(' ')) cookies[name] = 'user-1001';
  for (const name of ['X-User-Id', 'X-User', 'From', 'Remote-User']) headers[name] = 'user-1001';
  const token = Buffer.from('{"sub":"user-1001","id":"user-1001"}').toString('base64url');
  return {
    ...headers,
    authorization: `Bearer eyJhbGciOiJub25lIn0.${token}.`,
    cookie: Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
  };
}

const ready: Record<string, IdentityResolver> = {
  user: fromRequestUser(),
  jwt: fromJwtClaim('sub'),
  header: fromHeader('X-User-Id'),
  cookie: fromCookie('userId'),
  'signed cookie': fromCookie('userId', { signed: true }),
  segment: fromSegmentCookies(),
  rudderstack: fromRudderstackCookies(),
  jitsu: fromJitsuCookies(),
  posthog: fromPosthogCookie(),
  'posthog headers': fromPosthogHeaders(),
  mixpanel: fromMixpanelCookie(),
  amplitude: fromAmplitudeCookie(),
  'google analytics': fromGoogleAnalyticsCookie(),
  snowplow: fromSnowplowCookie(),
  kissmetrics: fromKissmetricsCookies(),
};

describe.each(platforms)('on %s', (platform) => {
  let shop: TrackedApplication;
  afterEach(() => shop.close());
  const start = async (resolvers: IdentityResolver[], plugin = false): Promise<void> => {
    shop = await TrackedApplication.start(platform, {
      controllers: [Shop],
      identity: { resolvers },
      ...(plugin && { configure: withPlugin[platform] }),
    });
  };

  describe.each([
    ['no cookie plugin', false],
    [plugins[platform], true],
  ])('with %s', (_, plugin) => {
    test('no value of a client becomes a userId, with any resolvers', async () => {
      const headers = everyClaim();
      const all = Object.values(ready);
      for (const resolvers of [all, all.toReversed()]) {
        await start(resolvers, plugin);
        const path = '/browse?userId=user-1001&user=user-1001&sub=user-1001';
        await shop.request(path, { headers });
        expect(shop.names).toEqual(['Seen', 'Browsed']);
        for (const event of shop.events) expect(event).not.toHaveProperty('userId');
        await shop.close();
      }
    });

    test.each(Object.entries(ready))('not by %s alone', async (name, resolver) => {
      await start([resolver, () => ({ anonymousId: 'nobody' })], plugin);
      await shop.request('/browse', { headers: everyClaim() });
      expect(shop.names).toEqual(['Seen', 'Browsed']);
      for (const event of shop.events) expect(event).not.toHaveProperty('userId');
      const silent = ['user', 'jwt', 'signed cookie', 'kissmetrics', 'posthog'].includes(name);
      expect(shop.events[0]!.anonymousId === 'nobody').toBe(silent);
    });

    test('a cookie is read, decoded once', async () => {
      await start([fromCookie('visitor')], plugin);
      await shop.request('/browse', { headers: { cookie: 'other=1; visitor=v%2B%2525; visitor=second' } });
      expect(shop.events).toMatchObject([{ anonymousId: 'v+%25' }, { anonymousId: 'v+%25' }]);
    });

    test('the valid parts of a cookie with broken encoding, control characters or excessive length are read', async () => {
      await start([fromCookie('visitor')], plugin);
      for (const value of ['%E0%A4%A', '%00a%0Ab', 'x'.repeat(4_000)]) {
        await shop.request('/browse', { headers: { cookie: `visitor=${value}` } });
      }
      const ids = shop.events.filter(({ name }) => name === 'Seen').map(({ anonymousId }) => anonymousId);
      expect(ids).toEqual(['%E0%A4%A', 'ab', 'x'.repeat(1_000)]);
    });

    test('a cookie with a verified signature is the user, if the application declares it', async () => {
      await start([fromCookie('account', { as: 'userId', signed: true }), fromCookie('visitor')], plugin);
      const good = signed[platform]('ada');
      for (const account of [good, good.replace('ada', 'bob'), 'ada', `s:ada`, 'ada.', good.slice(0, -1)]) {
        await shop.request('/browse', {
          headers: { cookie: `visitor=v1; account=${encodeURIComponent(account)}` },
        });
      }
      const users = shop.events.filter(({ name }) => name === 'Seen').map(({ userId }) => userId);
      expect(users).toEqual([plugin ? 'ada' : undefined, ...Array<undefined>(5).fill(undefined)]);
    });
  });

  test('a header is read in any letter case, once', async () => {
    await start([fromHeader('X-Visitor', { as: 'userId' }), fromCookie('visitor')]);
    const cookie = 'visitor=v1';
    await shop.request('/browse', { headers: { 'x-VISITOR': 'ada', cookie } });
    await shop.request('/browse', {
      headers: ['X-Visitor', 'mallory', 'x-visitor', 'ada', 'cookie', cookie],
    });
    await shop.request('/browse', { headers: ['X-Visitor', 'mallory, ada', 'cookie', cookie] });
    await shop.request('/browse', { headers: { 'x-visitor': 'undefined', cookie } });
    const users = shop.events.filter(({ name }) => name === 'Seen').map(({ userId }) => userId);
    expect(users).toEqual(['ada', undefined, 'mallory, ada', undefined]);
  });

  test.each(['user', 'jwt', 'bearer'])('a verified token (%s) names the user', async (where) => {
    await start([fromJwtClaim('sub')]);
    await shop.request(`/verified/${where}`);
    expect(shop.events).toMatchObject([{ name: 'Verified', userId: 'ada' }]);
  });

  test('the first resolver that has an id gives it, each kind of id by itself', async () => {
    await start([
      fromHeader('x-visitor'),
      fromJwtClaim('sub'),
      fromRequestUser(() => ({ userId: 'later', anonymousId: 'later' })),
      fromCookie('visitor'),
    ]);
    await shop.request('/verified/user', { headers: { cookie: 'visitor=v2' } });
    await shop.request('/verified/jwt', { headers: { cookie: 'visitor=v2', 'x-visitor': 'v1' } });
    expect(shop.events).toMatchObject([
      { userId: 'ada', anonymousId: 'later' },
      { userId: 'ada', anonymousId: 'v1' },
    ]);
  });
});
