import * as root from '../../lib/index.js';
import type { Destination } from '../../lib/index.js';

/** A platform, and the values of its browser library in requests. No two platforms share a value. */
export interface VendorBrowser {
  /** Without `endpoint`. */
  readonly options: object;
  /** The option for the URL of a server, if it is not `endpoint`. */
  readonly endpoint?: string;
  /** Cookies of a browser before sign-in, as the library writes them. */
  readonly cookies: Readonly<Record<string, string>>;
  /** Cookies of a browser after sign-in, if the library stores that. */
  readonly named?: (user: string) => Readonly<Record<string, string>>;
  /** The ids of its cookies in a request of this platform. */
  readonly ids: readonly string[];
  /** Those of them that it sends together with a user. Default: all. */
  readonly idsBesideUser?: readonly string[];
  /** The user is not readable in its requests. */
  readonly hidesUser?: boolean;
  /** Names of cookies and headers that it may look for. */
  readonly looksFor: RegExp;
}

const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const rudder = (value: unknown): string => encodeURIComponent(`RS_ENC_v3_${base64(JSON.stringify(value))}`);
const amplitudeCookie = (members: object): string =>
  encodeURIComponent(base64(json({ deviceId: AMPLITUDE, sessionId: 1_767_225_600_123, ...members })));

const KISSMETRICS = 'yMnKy8zNzs/Q0dLT1NXW19jZ2ts=';
const SEGMENT = '51000000-0000-4000-8000-00000000005e';
const RUDDERSTACK = '52000000-0000-4000-8000-00000000005d';
const JITSU = '53000000-0000-4000-8000-0000000000c1';
const POSTHOG = '54000000-0000-4000-8000-0000000000b0';
const POSTHOG_SESSION = '0198c2a0-1111-7a11-8111-0000000000b5';
const MIXPANEL = '55000000-0000-4000-8000-0000000000a1';
const AMPLITUDE = '56000000-0000-4000-8000-0000000000a3';
const SNOWPLOW = '57000000-0000-4000-8000-0000000000d2';
const SNOWPLOW_SESSION = '58000000-0000-4000-8000-0000000000d5';

const posthogCookie = (members: object): Record<string, string> => ({
  ph_phc_exampleProjectToken_posthog: json({
    distinct_id: POSTHOG,
    $device_id: POSTHOG,
    $user_state: 'anonymous',
    $sesid: [1_767_225_600_000, POSTHOG_SESSION, 1_767_225_600_000],
    ...members,
  }),
});
const mixpanelCookie = (members: object): Record<string, string> => ({
  mp_exampleMixpanelToken_mixpanel: json({
    distinct_id: `$device:${MIXPANEL}`,
    $device_id: MIXPANEL,
    ...members,
  }),
});

const ALL: Readonly<Record<string, VendorBrowser>> = {
  kissmetrics: {
    options: { apiKey: 'f'.repeat(40) },
    cookies: { km_ai: encodeURIComponent(KISSMETRICS) },
    named: (user) => ({ km_ni: user }),
    ids: [KISSMETRICS],
    // It has one id for a person.
    idsBesideUser: [],
    looksFor: /^km_/,
  },
  segment: {
    options: { writeKey: 'example-segment-key', region: 'us' },
    cookies: { ajs_anonymous_id: SEGMENT },
    named: (user) => ({ ajs_user_id: user }),
    ids: [SEGMENT],
    looksFor: /^ajs_/,
  },
  rudderstack: {
    options: { writeKey: 'example-rudderstack-key' },
    endpoint: 'dataPlaneUrl',
    cookies: { rl_anonymous_id: rudder(RUDDERSTACK), rl_session: rudder({ id: 1_767_225_600_456 }) },
    named: (user) => ({ rl_user_id: rudder(user) }),
    ids: [RUDDERSTACK, '1767225600456'],
    looksFor: /^rl_/,
  },
  jitsu: {
    options: { writeKey: 'example-jitsu-key:secret' },
    endpoint: 'host',
    cookies: { __eventn_id: JITSU },
    named: (user) => ({ __eventn_uid: user }),
    ids: [JITSU],
    looksFor: /^__eventn_/,
  },
  customerio: {
    options: { writeKey: 'example-customerio-key', region: 'us' },
    // Its library is a copy of Segment's, and writes the same cookies.
    cookies: { ajs_anonymous_id: SEGMENT },
    ids: [SEGMENT],
    looksFor: /^ajs_/,
  },
  posthog: {
    options: { apiKey: 'phc_exampleProjectToken' },
    endpoint: 'host',
    cookies: posthogCookie({}),
    named: (user) => posthogCookie({ $user_state: 'identified', distinct_id: user }),
    ids: [POSTHOG, POSTHOG_SESSION],
    // Only `identify()` joins the two.
    idsBesideUser: [POSTHOG_SESSION],
    looksFor: /^(?:ph_phc_exampleProjectToken_posthog|__ph_opt_in_out_phc_exampleProjectToken|x-posthog-.*)$/,
  },
  mixpanel: {
    options: { token: 'exampleMixpanelToken', region: 'eu' },
    cookies: mixpanelCookie({}),
    named: (user) => mixpanelCookie({ distinct_id: user, $user_id: user }),
    ids: [MIXPANEL],
    looksFor: /^(?:mp_exampleMixpanelToken_mixpanel|__mp_opt_in_out_exampleMixpanelToken)$/,
  },
  amplitude: {
    options: { apiKey: 'abcdefghij0123456789abcdefghij01' },
    cookies: { AMP_abcdefghij: amplitudeCookie({}) },
    named: (user) => ({ AMP_abcdefghij: amplitudeCookie({ userId: user }) }),
    ids: [AMPLITUDE, '1767225600123'],
    looksFor: /^(?:AMP_abcdefghij|amp_abcdef)$/,
  },
  googleAnalytics: {
    options: { measurementId: 'G-EXAMPLE123', apiSecret: 'example-api-secret' },
    cookies: {
      _ga: 'GA1.1.1234567890.1767220001',
      _ga_EXAMPLE123: 'GS2.1.s1767225611$o3$g1$t1767225700$j60$l0$h0',
    },
    ids: ['1234567890.1767220001', '1767225611'],
    looksFor: /^_ga/,
  },
  snowplow: {
    options: {
      appId: 'shop',
      namespace: 'server',
      schemas: { 'Order Completed': 'iglu:com.example/order_completed/jsonschema/1-0-0' },
    },
    endpoint: 'collector',
    cookies: {
      '_sp_id.1fff': `${SNOWPLOW}.1767225600.3.1767225700.1767220000.${SNOWPLOW_SESSION}`,
    },
    ids: [SNOWPLOW, SNOWPLOW_SESSION],
    looksFor: /^_sp_id\./,
  },
  meta: {
    options: { datasetId: '1234567', accessToken: 'example-access-token', apiVersion: 'v25.0' },
    cookies: { _fbp: 'fb.1.1767225600789.987654321', _fbc: 'fb.1.1767225600790.ExampleClickId' },
    ids: ['fb.1.1767225600789.987654321', 'fb.1.1767225600790.ExampleClickId'],
    hidesUser: true,
    looksFor: /^_fb[pc]$/,
  },
};

type Factory = (options: object) => Destination;
const FACTORIES = root as unknown as Readonly<Record<string, Factory | undefined>>;

/** By the name of the factory. */
export const VENDOR_BROWSERS: ReadonlyMap<string, VendorBrowser> = new Map(
  Object.entries(ALL).filter(([name]) => FACTORIES[name] !== undefined),
);

/** The destination of a platform, which sends without delay to its own path. */
export function vendorDestination(name: string, url: string): Destination {
  const { options, endpoint = 'endpoint' } = VENDOR_BROWSERS.get(name)!;
  return FACTORIES[name]!({ ...options, [endpoint]: `${url}/${name}`, batch: { maxDelayMs: 0 } });
}

/** The header of a request with all these cookies. */
export function cookieHeader(...cookies: readonly Readonly<Record<string, string>>[]): string {
  const all = Object.assign({}, ...cookies) as Record<string, string>;
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}
