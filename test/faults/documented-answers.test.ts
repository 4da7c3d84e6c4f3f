import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Destination } from '../../lib/destinations/destination.js';
import {
  amplitude,
  customerio,
  googleAnalytics,
  jitsu,
  kissmetrics,
  mixpanel,
  posthog,
  rudderstack,
  segment,
  snowplow,
} from '../../lib/index.js';
import type { Behaviour, Reply } from '../support/misbehaving-server.js';
import { ATTEMPT_MS } from '../support/platforms.js';
import { type SeenEvent, seenEvents } from '../support/seen-events.js';
import { Scene } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

interface Exchange {
  readonly name: string;
  readonly kind: string;
  readonly records: number;
  readonly request: { readonly method: string; readonly body?: unknown };
  readonly responses: readonly Documented[];
}

interface Documented {
  readonly case: string;
  /** Absent: the connection is cut. */
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly body_text?: string;
  readonly expect: {
    readonly outcomes?: readonly string[];
    readonly request?: string;
    readonly config_error?: boolean;
  };
}

/** Each platform with a local server, with the options that an exchange of its fixture needs. */
const PLATFORMS: Readonly<Record<string, (url: string, exchange: Exchange) => Destination>> = {
  amplitude: (endpoint, { name }) =>
    amplitude({ ...SHARED, apiKey: KEY, endpoint, api: name.startsWith('batch') ? 'batch' : 'http-v2' }),
  customerio: (endpoint) => customerio({ ...SHARED, writeKey: KEY, region: 'us', endpoint }),
  'google-analytics': (endpoint) =>
    googleAnalytics({
      ...SHARED,
      measurementId: 'G-EXAMPLE123',
      apiSecret: KEY,
      endpoint,
      clientId: () => '1234567890.1767225600',
    }),
  jitsu: (host) => jitsu({ ...SHARED, writeKey: 'KEY_ID:KEY_SECRET', host }),
  kissmetrics: (endpoint, { request }) =>
    kissmetrics({ ...SHARED, apiKey: KEY, endpoint, method: request.method as 'GET' | 'POST' }),
  mixpanel: (endpoint) => mixpanel({ ...SHARED, token: KEY, region: 'us', endpoint, groupKey: 'company' }),
  posthog: (host, { name }) =>
    posthog({ ...SHARED, apiKey: KEY, host, capture: name.startsWith('v1') ? 'v1' : 'batch' }),
  rudderstack: (dataPlaneUrl) => rudderstack({ ...SHARED, writeKey: KEY, dataPlaneUrl }),
  segment: (endpoint) => segment({ ...SHARED, writeKey: KEY, region: 'us', endpoint }),
  snowplow: (collector) =>
    snowplow({
      ...SHARED,
      collector,
      appId: 'shop',
      namespace: 'ns1',
      schemas: { order_completed: 'iglu:com.acme/order_completed/jsonschema/1-0-0' },
      encodeBase64: false,
    }),
};
const KEY = '0123456789abcdef0123456789abcdef';
const SHARED = { timeoutMs: ATTEMPT_MS };

/** A good answer of any platform. */
const WELL: Reply = { status: 200, body: '{"results":{}}' };
/** Requests that this package never sends: to a validation server, or a signed batch of 2013. */
const NOT_SENT = new Set(['validate']);
/** Answers that a fixture lists as rejections; an unreadable 200 counts as delivered here, unverified. */
const UNREADABLE = 'success_unreadable';
/** Jitsu names each event, but the account is the cause: no event is dropped. */
const OF_THE_ACCOUNT = 'throttled_by_quota';

const DESTINATIONS = new URL('../destinations/', import.meta.url);
const fixtureOf = (platform: string): URL => new URL(`${platform}/${platform}.fixture.json`, DESTINATIONS);

function exchangesOf(platform: string): Exchange[] {
  const { exchanges } = JSON.parse(readFileSync(fixtureOf(platform), 'utf8')) as { exchanges: Exchange[] };
  return exchanges.filter(({ kind }) => !NOT_SENT.has(kind));
}

/** Sends the events of the exchange, each of another person. */
function send({ tracking }: TrackedApplication, { kind, records }: Exchange): void {
  const userId = 'user-1001';
  if (kind === 'identify') tracking.identify({ plan: 'pro' }, { userId });
  else if (kind === 'group') tracking.group('acme', { plan: 'pro' }, { userId });
  else if (kind === 'alias') tracking.alias('visitor-1', userId);
  else
    for (let n = 0; n < records; n++) {
      tracking.track('order_completed', { n }, { userId: `user-${1_001 + n}` });
    }
}

/** The documented answer, with the ids of the sent events in place of the example's. */
function replyTo(events: readonly SeenEvent[], { request }: Exchange, documented: Documented): Behaviour {
  const { status, headers = {}, body, body_text } = documented;
  if (status === undefined) return 'reset';
  let text =
    body_text ?? (body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body));
  if (request.body !== undefined) {
    const examples = seenEvents('', 'application/json', JSON.stringify(request.body));
    for (const [at, { id }] of examples.entries()) text = text.replaceAll(id, events[at]?.id ?? id);
  }
  return { status, headers, body: text } satisfies Reply;
}

/** Whether an answer rejects one event by name: the others have other outcomes, or it names each. */
function isNamed({ expect: { outcomes = [] }, ...answer }: Documented): boolean {
  if (answer.case === OF_THE_ACCOUNT) return false;
  return new Set(outcomes).size > 1 || /[0-9a-f]{8}-1111-/.test(JSON.stringify(answer.body ?? ''));
}

it('covers every platform that has a fixture', () => {
  const all = readdirSync(DESTINATIONS).filter((folder) => existsSync(fixtureOf(folder)));
  expect(Object.keys(PLATFORMS)).toEqual(all.toSorted());
});

describe.each(Object.keys(PLATFORMS))('%s', (platform) => {
  const exchanges = exchangesOf(platform);
  const cases = exchanges.flatMap((exchange) =>
    exchange.responses.map((documented) => ({
      title: `${exchange.name}: ${documented.case} (${documented.status ?? 'cut'})`,
      exchange,
      documented,
    })),
  );

  it.each(cases)('$title', async ({ exchange, documented }) => {
    const scene = new Scene();
    const server = await scene.server();
    const app = await scene.application({ destinations: [PLATFORMS[platform]!(server.url, exchange)] });
    app.observe();
    const { outcomes, request: whole, config_error: isParked } = documented.expect;
    const last = exchange.records - 1;
    server.behave(({ number, events }) => {
      const isBad =
        whole === 'too_large'
          ? events.length > 1
          : whole === 'rejected' && documented.case !== UNREADABLE
            ? events.some(({ n }) => n === last)
            : number === 1;
      return isBad ? replyTo(events, exchange, documented) : WELL;
    });
    send(app, exchange);
    await scene.until(app.idle);

    const dead = app.lifecycle
      .filter(({ type }) => type === 'dead')
      .map(({ event }) => event!.properties['n'] as number);
    const named = (outcomes ?? []).flatMap((outcome, n) =>
      outcome === 'rejected' && isNamed(documented) ? [n] : [],
    );
    const refused = whole === 'rejected' && documented.case !== UNREADABLE ? [last] : named;
    expect(dead.toSorted((a, b) => a - b)).toEqual(refused);
    expect(app.lane()).toMatchObject({
      delivered: exchange.records - refused.length,
      dropped: {},
      declined: {},
      parked: null,
    });
    const types = app.lifecycle.map(({ type }) => type);
    if (isParked === true || documented.case === OF_THE_ACCOUNT)
      expect(types).toEqual(expect.arrayContaining(['parked', 'resumed']));

    // Every attempt has the same id, and a settled event is not sent again.
    const seen = server.requests.flatMap(({ events }) => events);
    expect(new Set(seen.map(({ id, n }) => `${n} ${id}`)).size).toBe(new Set(seen.map(({ n }) => n)).size);
    for (const [at, outcome] of (outcomes ?? []).entries()) {
      const times = exchange.records === 1 ? seen.length : seen.filter(({ n }) => n === at).length;
      const isOver = outcome === 'delivered' || named.includes(at);
      expect({ at, isSentAgain: times > 1 }).toEqual({ at, isSentAgain: !isOver });
    }
  });
});
