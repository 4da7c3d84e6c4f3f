import { describe, expect, test } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { amplitudeSession, fromAmplitudeCookie } from '../../lib/destinations/amplitude/amplitude-cookies.js';
import {
  fromGoogleAnalyticsCookie,
  googleAnalyticsSession,
} from '../../lib/destinations/google-analytics/google-analytics-cookies.js';
import { fromJitsuCookies } from '../../lib/destinations/jitsu/jitsu-cookies.js';
import { fromKissmetricsCookies } from '../../lib/destinations/kissmetrics/kissmetrics-cookies.js';
import { fromMetaCookies } from '../../lib/destinations/meta/meta-cookies.js';
import { fromMixpanelCookie } from '../../lib/destinations/mixpanel/mixpanel-cookies.js';
import {
  fromPosthogCookie,
  fromPosthogHeaders,
  posthogSession,
} from '../../lib/destinations/posthog/posthog-cookies.js';
import {
  fromRudderstackCookies,
  rudderstackSession,
} from '../../lib/destinations/rudderstack/rudderstack-cookies.js';
import { fromSegmentCookies } from '../../lib/destinations/segment-protocol/segment-cookies.js';
import { fromSnowplowCookie, snowplowSession } from '../../lib/destinations/snowplow/snowplow-cookies.js';
import type { BrowserResolver } from '../../lib/event/identity.js';
import type { SessionReader } from '../../lib/event/session-reader.js';

/** Requests of browsers with a vendor's library, and the values expected from them. */
interface Pair {
  readonly cookies?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly expect: Record<string, string | number | null>;
}

const PAIRS = JSON.parse(
  readFileSync(new URL('browser-identity.fixture.json', import.meta.url), 'utf8'),
) as Record<string, Pair[]>;

const TOKENS = {
  posthog: 'phc_exampleProjectToken',
  mixpanel: 'PROJECT_TOKEN',
  amplitude: '0123456789abcdef0123456789abcdef',
  google: 'G-EXAMPLE123',
};

interface Vendor {
  /** Once with the project's name, once without. */
  readonly resolvers: readonly BrowserResolver[];
  readonly session?: SessionReader;
  readonly platform?: string;
}

const VENDORS: Record<string, Vendor> = {
  segment: { resolvers: [fromSegmentCookies()] },
  customerio: { resolvers: [fromSegmentCookies()] },
  rudderstack: {
    resolvers: [fromRudderstackCookies()],
    session: rudderstackSession(),
    platform: 'rudderstack',
  },
  jitsu: { resolvers: [fromJitsuCookies()] },
  posthog: {
    resolvers: [fromPosthogCookie({ token: TOKENS.posthog }), fromPosthogCookie()],
    session: posthogSession({ token: TOKENS.posthog }),
    platform: 'posthog',
  },
  mixpanel: { resolvers: [fromMixpanelCookie({ token: TOKENS.mixpanel }), fromMixpanelCookie()] },
  amplitude: {
    resolvers: [fromAmplitudeCookie({ apiKey: TOKENS.amplitude }), fromAmplitudeCookie()],
    session: amplitudeSession({ apiKey: TOKENS.amplitude }),
    platform: 'amplitude',
  },
  ga4: {
    resolvers: [fromGoogleAnalyticsCookie({ measurementId: TOKENS.google }), fromGoogleAnalyticsCookie()],
    session: googleAnalyticsSession({ measurementId: TOKENS.google }),
    platform: 'googleAnalytics',
  },
  meta: { resolvers: [fromMetaCookies()] },
  snowplow: { resolvers: [fromSnowplowCookie()], session: snowplowSession(), platform: 'snowplow' },
};

const MESSAGE = { getType: () => 'rpc' } as unknown as ExecutionContext;

const header = (cookies: Record<string, string> = {}): string =>
  Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');

const cases = Object.entries(PAIRS).flatMap(([vendor, pairs]) =>
  pairs.filter(({ cookies }) => cookies !== undefined).map((pair, index) => ({ vendor, pair, index })),
);

describe.each(cases)('the browser library of $vendor, case $index', ({ vendor, pair }) => {
  const { resolvers, session, platform } = VENDORS[vendor]!;
  const { expect: told } = pair;
  const request = { headers: { cookie: header(pair.cookies) } };

  test.each(resolvers.map((resolve) => ({ resolve })))('is read', ({ resolve }) => {
    // PostHog has no separate device id: the anonymous id belongs to the person after sign-in.
    const device = vendor === 'posthog' ? undefined : told['deviceId'];
    const anonymousId = told['anonymousId'] ?? device ?? told['clientId'] ?? told['duid'] ?? undefined;
    const claimedUserId = told['userId'] ?? undefined;
    expect(resolve(request, MESSAGE)).toBeUndefined();
    expect(resolve(request)).toEqual({
      ...(anonymousId !== undefined && { anonymousId }),
      ...(claimedUserId !== undefined && { claimedUserId }),
      ...(told['sessionId'] !== undefined && { sessionId: told['sessionId'] }),
      ...(told['fbc'] !== undefined && { clickIds: { fbc: told['fbc'] } }),
    });
  });

  test('gives its session', () => {
    const id = told['sessionId'];
    expect(session?.(request)).toEqual(id === undefined ? undefined : { [platform!]: id });
  });
});

describe('fromPosthogHeaders()', () => {
  const [pair] = PAIRS['posthog']!.filter(({ headers }) => headers !== undefined);
  const headers = Object.fromEntries(
    Object.entries(pair!.headers!).map(([name, value]) => [name.toLowerCase(), value]),
  );

  test('reads the browser and its session', () => {
    expect(fromPosthogHeaders()({ headers })).toEqual({
      anonymousId: pair!.expect['distinctId'],
      sessionId: pair!.expect['sessionId'],
    });
    expect(posthogSession()({ headers })).toEqual({ posthog: pair!.expect['sessionId'] });
    expect(fromPosthogHeaders()({ headers }, MESSAGE)).toBeUndefined();
  });

  test('reads an id that is not from the library as the user’s claim', () => {
    expect(fromPosthogHeaders()({ headers: { 'x-posthog-distinct-id': 'ada' } })).toEqual({
      claimedUserId: 'ada',
    });
    expect(fromPosthogHeaders()({ headers: {} })).toEqual({});
  });
});

const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const UUID = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';

describe('Segment', () => {
  test.each([
    ['an id of digits', 'ajs_anonymous_id=00123', { anonymousId: '00123' }],
    ['a long one', 'ajs_anonymous_id=12345678901234567890', { anonymousId: '12345678901234567890' }],
    ['JSON null', 'ajs_anonymous_id=null; ajs_user_id=null', {}],
    ['a word that many share', 'ajs_anonymous_id=anonymous; ajs_user_id=%22undefined%22', {}],
    ['twice encoded', 'ajs_anonymous_id=%2522v1%2522', { anonymousId: 'v1' }],
    ['nothing', 'ajs_anonymous_id=', {}],
    ['too much', `ajs_anonymous_id=${'x'.repeat(5_000)}`, { anonymousId: 'x'.repeat(1_000) }],
  ])('with %s', (_, cookie, claims) => {
    expect(fromSegmentCookies()({ headers: { cookie } })).toEqual(claims);
  });
});

describe('RudderStack', () => {
  test('has its session read', () => {
    const kept = base64(JSON.stringify({ id: 1_731_649_270_595, sessionStart: true }));
    const request = { headers: { cookie: `rl_session=RS_ENC_v3_${encodeURIComponent(kept)}` } };
    expect(rudderstackSession()(request)).toEqual({ rudderstack: 1_731_649_270_595 });
  });

  test('with the encrypted cookie of older libraries gives nothing', () => {
    const cookie = 'rl_anonymous_id=RudderEncrypt%3AU2FsdGVkX1%2B8Du%2BN6F2Wmb80K1xXtkKg7J3QR0yErqY%3D';
    expect(fromRudderstackCookies()({ headers: { cookie } })).toEqual({});
    expect(fromRudderstackCookies()({ headers: { cookie: 'rl_anonymous_id=plain' } })).toEqual({});
  });
});

describe('PostHog', () => {
  const anonymous = { distinct_id: UUID, $device_id: UUID, $user_state: 'anonymous' };
  const read = (kept: unknown, more = ''): unknown =>
    fromPosthogCookie({ token: 'a+b/c=' })({
      headers: { cookie: `ph_aPLbSLcEQ_posthog=${json(kept)}${more}` },
    });

  test('writes its token into the name', () => {
    expect(read(anonymous)).toEqual({ anonymousId: UUID });
  });

  test('cannot pass a person off as a browser', () => {
    expect(read({ ...anonymous, distinct_id: 'ada@example.com' })).toEqual({
      claimedUserId: 'ada@example.com',
    });
  });

  test('without a state is anonymous if the id is its device’s', () => {
    expect(read({ distinct_id: UUID, $device_id: UUID })).toEqual({ anonymousId: UUID });
    expect(read({ distinct_id: UUID, $device_id: 'other' })).toEqual({ claimedUserId: UUID });
  });

  test('with an opt-out gives nothing', () => {
    const cookie = `ph_phc_posthog=${json(anonymous)}; __ph_opt_in_out_phc=`;
    const resolve = fromPosthogCookie({ token: 'phc' });
    expect(resolve({ headers: { cookie: `${cookie}1` } })).toEqual({ anonymousId: UUID });
    expect(resolve({ headers: { cookie: `${cookie}0` } })).toBeUndefined();
  });

  test('with two projects gives nothing, unless the project is named', () => {
    const other = `; ph_other_posthog=${json({ ...anonymous, distinct_id: UUID.replace('5', '6') })}`;
    expect(read(anonymous, other)).toEqual({ anonymousId: UUID });
    expect(fromPosthogCookie()({ headers: { cookie: `ph_phc_posthog=${json(anonymous)}${other}` } })).toBe(
      undefined,
    );
  });

  test('is found under its configured name', () => {
    const request = { headers: { cookie: `ph_shop=${json(anonymous)}` } };
    expect(fromPosthogCookie({ persistenceName: 'shop' })(request)).toEqual({ anonymousId: UUID });
  });
});

describe('Mixpanel', () => {
  test.each([
    ['an older one', { distinct_id: `$device:${UUID}` }, { anonymousId: UUID }],
    ['one of the original projects', { distinct_id: 'ada' }, {}],
    ['members that are no texts', { $device_id: {}, $user_id: ['ada'] }, {}],
  ])('with %s', (_, kept, claims) => {
    expect(fromMixpanelCookie()({ headers: { cookie: `mp_token_mixpanel=${json(kept)}` } })).toEqual(claims);
  });

  test('with an opt-out gives nothing', () => {
    const cookie = `mp_token_mixpanel=${json({ $device_id: UUID })}; __mp_opt_in_out_token=0`;
    expect(fromMixpanelCookie({ token: 'token' })({ headers: { cookie } })).toBeUndefined();
  });

  test('is found under its configured name', () => {
    const request = { headers: { cookie: `mp_shop=${json({ $device_id: UUID })}` } };
    expect(fromMixpanelCookie({ persistenceName: 'shop' })(request)).toEqual({ anonymousId: UUID });
  });
});

describe('Amplitude', () => {
  const kept = { deviceId: UUID, userId: 'ada', sessionId: 1_767_225_600_000, optOut: false };
  const newer = (value: object): string => `AMP_0123456789=${base64(json(value))}`;
  const started = (1_767_225_600_000).toString(32);

  test('in its older form', () => {
    const request = { headers: { cookie: `amp_012345=${UUID}.${base64('ada')}..${started}.x.1.0.1` } };
    for (const options of [{}, { apiKey: TOKENS.amplitude }]) {
      expect(fromAmplitudeCookie(options)(request)).toEqual({
        anonymousId: UUID,
        claimedUserId: 'ada',
        sessionId: 1_767_225_600_000,
      });
      expect(amplitudeSession(options)(request)).toEqual({ amplitude: 1_767_225_600_000 });
    }
  });

  test('is not confused with its campaign cookie', () => {
    const request = { headers: { cookie: `AMP_MKTG_0123456789=JTdCJTdE; ${newer(kept)}` } };
    expect(fromAmplitudeCookie()(request)).toMatchObject({ anonymousId: UUID, claimedUserId: 'ada' });
  });

  test('with an opt-out gives nothing', () => {
    for (const cookie of [newer({ ...kept, optOut: true }), `amp_012345=${UUID}..1.${started}`]) {
      expect(fromAmplitudeCookie()({ headers: { cookie } })).toBeUndefined();
      expect(amplitudeSession()({ headers: { cookie } })).toBeUndefined();
    }
  });

  test('without a session gives no session', () => {
    expect(amplitudeSession()({ headers: { cookie: newer({ ...kept, sessionId: -1 }) } })).toBeUndefined();
  });
});

describe('Google Analytics', () => {
  test.each([
    ['another depth of the domain', '_ga=GA1.3-2.1234567890.1767225600', '1234567890.1767225600'],
    ['a page of AMP', '_ga=GA1.3.amp-AbC_d-1', 'amp-AbC_d-1'],
    ['a name', '_ga=GA1.1.ada@example.com', undefined],
    ['something else', '_ga=1234567890.1767225600', undefined],
  ])('with %s', (_, cookie, anonymousId) => {
    const claims = fromGoogleAnalyticsCookie()({ headers: { cookie } });
    expect(claims).toEqual(anonymousId === undefined ? {} : { anonymousId });
  });

  test('with a prefix', () => {
    const cookie = 'shop_ga=GA1.1.1.2; shop_ga_AB12=GS2.1.s17$o1; _ga=GA1.1.3.4; _ga_AB12=GS2.1.s18$o1';
    const request = { headers: { cookie } };
    const prefix = 'shop';
    expect(fromGoogleAnalyticsCookie({ prefix })(request)).toEqual({ anonymousId: '1.2', sessionId: '17' });
    expect(googleAnalyticsSession({ prefix })(request)).toEqual({ googleAnalytics: '17' });
    expect(googleAnalyticsSession()(request)).toEqual({ googleAnalytics: '18' });
  });

  test('with two properties gives nothing, unless the property is named', () => {
    const request = { headers: { cookie: '_ga_A=GS1.1.17.1; _ga_B=GS1.1.18.1' } };
    expect(googleAnalyticsSession()(request)).toBeUndefined();
    expect(googleAnalyticsSession({ measurementId: 'G-B' })(request)).toEqual({ googleAnalytics: '18' });
    expect(fromGoogleAnalyticsCookie()(request)).toEqual({});
    expect(fromGoogleAnalyticsCookie({ measurementId: 'G-B' })(request)).toEqual({ sessionId: '18' });
  });
});

describe('Meta', () => {
  const read = (cookie: string): unknown => fromMetaCookies()({ headers: { cookie } });

  test('is read without the other cookie', () => {
    expect(read('_fbp=fb.2.1767225590000.1098115397')).toEqual({
      anonymousId: 'fb.2.1767225590000.1098115397',
    });
    expect(read('_fbc=fb.1.1767225580000.IwAR_x')).toEqual({
      clickIds: { fbc: 'fb.1.1767225580000.IwAR_x' },
    });
  });

  test('finds the click in a URL if the browser has no cookie of it', () => {
    const read = (request: object): unknown => fromMetaCookies()(request);
    const click = { clickIds: { fbclid: 'IwAR_x' } };
    expect(read({ url: '/landing?a=b&fbclid=IwAR_x' })).toEqual(click);
    expect(read({ originalUrl: '/landing?fbclid=IwAR_x', url: '/' })).toEqual(click);
    expect(read({ headers: { referer: 'https://shop.example/?fbclid=IwAR_x#top' } })).toEqual(click);
    expect(read({ url: 7 })).toEqual({});
    const cookie = '_fbc=fb.1.1767225580000.IwAR_y';
    expect(read({ url: '/?fbclid=IwAR_x', headers: { cookie } })).toEqual({
      clickIds: { fbc: 'fb.1.1767225580000.IwAR_y' },
    });
  });

  test('of a newer library has one part more', () => {
    const fbp = 'fb.1.1767225590000.1098115397.AQYBAQIA';
    expect(read(`_fbp=${fbp}`)).toEqual({ anonymousId: fbp });
  });

  test.each([
    '_fbp=fb.1.now.1',
    '_fbp=ada@example.com',
    '_fbp=',
    '_fbc=IwAR_x',
    '_fbc=fb.1.1767225580000.',
    `_fbc=fb.1.1767225580000.${'x'.repeat(501)}`,
    '_fbc=fb.1.1767225580000.a%20b',
  ])('that is broken (%s) gives nothing', (cookie) => {
    expect(read(cookie)).toEqual({});
  });
});

describe('Snowplow', () => {
  const kept = (user: string, written: number): string =>
    `${user}.1.4.${written}.3.session-of-${user}.x.x.5.7`;

  test('is read from the cookie that was written last', () => {
    const cookie = `_sp_id.0001=${kept('a', 10)}; _sp_id.0002=${kept('b', 30)}; _sp_id.0003=${kept('c', 20)}`;
    expect(fromSnowplowCookie()({ headers: { cookie } })).toEqual({
      anonymousId: 'b',
      sessionId: 'session-of-b',
    });
    expect(snowplowSession()({ headers: { cookie } })).toEqual({ snowplow: 'session-of-b' });
  });

  test('with another prefix', () => {
    const request = { headers: { cookie: `shop.id.0001=${kept('a', 10)}` } };
    expect(fromSnowplowCookie({ prefix: 'shop.' })(request)).toMatchObject({ anonymousId: 'a' });
    expect(fromSnowplowCookie({ prefix: 'shopx' })(request)).toEqual({});
  });

  test.each(['a.1.4', 'a.1.4.now.3.s', '', '......'])('that is broken (%s) gives nothing', (text) => {
    expect(fromSnowplowCookie()({ headers: { cookie: `_sp_id.0001=${text}` } })).toEqual({});
  });
});

describe('any value of a cookie', () => {
  const resolvers = [
    ...Object.values(VENDORS).flatMap((vendor) => vendor.resolvers),
    fromKissmetricsCookies(),
    fromPosthogHeaders(),
  ];
  const sessions = Object.values(VENDORS).flatMap(({ session }) => session ?? []);
  const names = Object.values(PAIRS)
    .flatMap((pairs) => pairs.flatMap(({ cookies }) => Object.keys(cookies ?? {})))
    .concat('km_ai km_ni amp_012345 rl_session __ph_opt_in_out_x __proto__ constructor'.split(' '));
  const members =
    'distinct_id $device_id $user_state $user_id $sesid deviceId userId sessionId optOut id __proto__'
      .split(' ')
      .concat('toString');
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  const kept = fc.oneof(
    text,
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc
      .dictionary(fc.constantFrom(...members), fc.jsonValue(), { noNullPrototype: true })
      .map((value) => JSON.stringify(value)),
    fc.array(text, { maxLength: 8 }).map((parts) => `GS2.1.${parts.join('$')}`),
    fc.array(text, { maxLength: 12 }).map((parts) => parts.join('.')),
  );
  const encoded = fc
    .tuple(
      kept,
      fc.array(
        fc.constantFrom(encodeSafely, base64, (value: string) => `RS_ENC_v3_${value}`),
        { maxLength: 4 },
      ),
    )
    .map(([value, encoders]) => encoders.reduce((encodedSoFar, encode) => encode(encodedSoFar), value));

  test('breaks nothing and names no user', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), encoded), (cookies) => {
        const requests = [
          { headers: { cookie: header(cookies), 'x-posthog-distinct-id': Object.values(cookies)[0] } },
          { cookies },
        ];
        for (const request of requests) {
          for (const resolve of resolvers) {
            const {
              anonymousId,
              claimedUserId,
              sessionId,
              clickIds = {},
              ...others
            } = resolve(request) ?? {};
            expect(others).toEqual({});
            for (const id of Object.values(clickIds)) expect(id).toMatch(/^[\w.~-]{1,550}$/);
            if (sessionId !== undefined) expect(String(sessionId)).toMatch(/^[^\p{Cc}\p{Cs}]{1,200}$/u);
            for (const id of [anonymousId, claimedUserId]) {
              if (id !== undefined) expect(id).toMatch(/^[^\p{Cc}\p{Cs}]{1,1000}$/u);
            }
          }
          for (const read of sessions) {
            for (const id of Object.values(read(request) ?? {})) {
              expect(String(id)).toMatch(/^[^\p{Cc}\p{Cs}]{1,200}$/u);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function encodeSafely(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
}
