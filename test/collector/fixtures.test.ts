import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestsResponse, StatsResponse } from '../../lib/collector/api/responses.js';
import { ACollector } from './a-collector.js';
import {
  difference,
  FIXTURES,
  fixtureOf,
  type DocumentedAnswer,
  type DocumentedRequest,
  type Exchange,
  type GivenAnswer,
} from './documented.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Requests that no host can read: they have no events to show. */
const UNREADABLE = new Set(['segment batch-malformed', 'jitsu batch-bad-content-type']);

/** Requests whose events are checked, and stored nowhere. */
const VALIDATED = new Set(['googleAnalytics debug-invalid', 'googleAnalytics debug-valid']);

/** The kinds of scripted answers that a case may be. The platform's own answer comes first. */
const KINDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:unauth|rejected_api_key|rejected_missing_field|forbidden)/, ['unauthorized']],
  [/^throttled/, ['throttled']],
  [/^too_large/, ['too-large']],
  [/^server_error/, ['error']],
  [/^rejected|^format_not_understood/, ['rejected', 'unauthorized']],
  [/^partial|^silenced/, ['events-rejected']],
  [/^connection_closed/, ['down']],
];

/** Answers that the collector gives only as a custom scripted answer, and why. */
const OWN_ONLY: Readonly<Record<string, string>> = {
  'kissmetrics record-get: not_modified 304': 'no source says when the host gives it',
  'segment batch: request_timeout 408': 'known from a list of codes that are retried',
  'segment batch: not_implemented 501': 'known from a list of codes that are final',
  'rudderstack batch: source_disabled 404': 'a setting of the account',
  'posthog v1-batch: success 200': 'no source says what a warning is given for',
  'posthog v1-batch: partial 200': 'no source says when one event alone is limited',
  'posthog v1-batch: success_unlisted 200': 'a list that leaves events out; no source says when',
  'posthog v1-batch: success_unreadable 200': 'the page of a proxy',
  'posthog v1-batch: over_quota 402': 'a setting of the account',
  'mixpanel import: server_error 502': 'the second code of one kind',
  'mixpanel import-partial: partial_other_key 400': 'a second spelling of one answer',
  'amplitude httpv2-batch: silenced_device 400': 'a state of the account',
  'amplitude httpv2-batch: server_error_ambiguous 504': 'the second code of one kind',
  'amplitude batch-over-daily-quota: throttled 429': 'a quota of the account',
  'googleAnalytics collect: success 200': 'the second code of a success',
  'snowplow tp2-batch: timeout 408': 'a sender that is too slow',
  'snowplow tp2-batch: not_found_is_retried 404': 'another path, for which the collector names the right one',
  'webhook batch-signed: accepted_not_processed 202': 'a choice of the receiver',
  'webhook batch-signed: gone 410': 'a choice of the receiver',
  'webhook batch-signed: redirect_is_failure 302': 'a choice of the receiver',
  'webhook single-retry-signed: success 201': 'a choice of the receiver',
};

/** The own answers to documented requests whose success is one of those. */
const IN_PLACE: Readonly<Record<string, DocumentedAnswer>> = {
  'amplitude batch-over-daily-quota': { case: 'below the quota', status: 200, headers: JSON_TYPE },
  'posthog v1-batch': { case: 'all are ok', status: 200, headers: JSON_TYPE },
  'webhook single-retry-signed': { case: 'as the first attempt', status: 200 },
};

const withHeaders = (headers: Record<string, string>) => (request: DocumentedRequest) => ({
  ...request,
  headers,
});

/** Changes of a documented request that get another documented answer, without a script. */
const CHANGES: Readonly<Record<string, (request: DocumentedRequest) => DocumentedRequest>> = {
  'segment batch: forbidden 403': (request) => ({
    ...withHeaders(JSON_TYPE)(request),
    body: { ...(request.body as object), writeKey: undefined },
  }),
  'rudderstack batch: too_large 413': (request) => ({
    ...request,
    body: { ...(request.body as object), padding: 'x'.repeat(4_096_000) },
  }),
  'jitsu batch: rejected 401': withHeaders(JSON_TYPE),
  'amplitude httpv2-batch: rejected_missing_field 400': (request) => ({
    ...request,
    body: { ...(request.body as object), api_key: undefined },
  }),
  'amplitude httpv2-batch: partial_invalid 400': (request) => ({
    ...request,
    body_text: JSON.stringify(request.body).replace(
      /("event_type":"\$identify","time":)\d+/,
      '$1"2026-01-01T00:00:00Z"',
    ),
  }),
  'customerio batch-strict: unauthorised 401': withHeaders({ ...JSON_TYPE, 'X-Strict-Mode': '1' }),
};

let collector: ACollector;
beforeAll(async () => {
  collector = await ACollector.start();
});
afterAll(() => collector.close());
beforeEach(async () => {
  await collector.call('reset', 'POST');
});

async function send(
  platform: string,
  { method, url, headers, body, body_text }: DocumentedRequest,
): Promise<GivenAnswer> {
  const { pathname, search } = new URL(url);
  const text = body_text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${collector.url}/${platform}${pathname}${search}`, {
    method,
    headers,
    redirect: 'manual',
    ...(text !== undefined && { body: text }),
  });
  const { status } = response;
  return { status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

const exchanges = Object.keys(FIXTURES).flatMap((platform) =>
  fixtureOf(platform).exchanges.map((exchange) => ({
    platform,
    exchange,
    title: `${platform} ${exchange.name}`,
  })),
);
const answers = exchanges.flatMap(({ platform, exchange, title }) =>
  exchange.responses.map((answer) => ({
    platform,
    exchange,
    answer,
    title: `${title}: ${answer.case} ${answer.status ?? ''}`.trim(),
  })),
);

describe('a documented request', () => {
  test.each(exchanges)(
    '$title is read, and gets a documented answer',
    async ({ platform, exchange, title }) => {
      const given = await send(platform, exchange.request);
      const { requests } = await collector.get<RequestsResponse>('requests');
      expect(requests).toHaveLength(1);
      if (UNREADABLE.has(title)) {
        expect(requests[0]).toMatchObject({ events: 0, problems: [expect.any(String)] });
      } else {
        expect(requests[0]).toMatchObject({ events: VALIDATED.has(title) ? 0 : exchange.records });
      }
      const inPlace = IN_PLACE[title];
      const documented = inPlace
        ? [inPlace]
        : exchange.responses.filter(({ status }) => status !== undefined);
      const differences = documented.map((each) => difference(given, each));
      if (documented.length > 0) expect(differences).toContain(undefined);
    },
  );
});

describe('a documented answer', () => {
  test.each(answers)('$title', async ({ platform, exchange, answer, title }) => {
    const found = await waysTo(platform, exchange, answer, CHANGES[title]);
    if (title in OWN_ONLY) {
      expect(found).toEqual(['own answer']);
    } else {
      expect(found[0]).toBeDefined();
      expect(found).not.toEqual(['own answer']);
    }
  });

  test.each(answers.filter(({ title }) => title in CHANGES))(
    '$title, by another request alone',
    async ({ platform, exchange, answer, title }) => {
      expect(difference(await send(platform, CHANGES[title]!(exchange.request)), answer)).toBeUndefined();
      const { requests } = await collector.get<RequestsResponse>('requests');
      expect(requests).toMatchObject([{ scripted: null }]);
      expect(requests[0]!.problems).not.toEqual([]);
    },
  );

  test('the tables of this test name documented answers only', () => {
    const titles = new Set([...answers, ...exchanges].map(({ title }) => title));
    const named = [OWN_ONLY, IN_PLACE, CHANGES].flatMap(Object.keys).concat(...UNREADABLE, ...VALIDATED);
    expect(named.filter((title) => !titles.has(title))).toEqual([]);
  });
});

/** The ways in which the collector gives an answer. */
async function waysTo(
  platform: string,
  { request }: Exchange,
  answer: DocumentedAnswer,
  change?: (request: DocumentedRequest) => DocumentedRequest,
): Promise<string[]> {
  const found: string[] = [];
  const look = async (way: string, changed = request): Promise<void> => {
    const given = await send(platform, changed).catch(() => undefined);
    const isIt =
      given === undefined ? answer.transport_error !== undefined : difference(given, answer) === undefined;
    if (isIt) found.push(way);
  };
  const scripted = async (way: string, given: unknown): Promise<void> => {
    const posted = await collector.call('answers', 'POST', { answer: given, platform, requests: 1 });
    if (posted.ok) await look(way);
    await collector.call('answers', 'DELETE');
  };
  await look('request');
  if (change !== undefined) await look('another request', change(request));
  for (const kind of KINDS.find(([cases]) => cases.test(answer.case))?.[1] ?? []) await scripted(kind, kind);
  const { status, headers = {}, body, body_text } = answer;
  const text = body_text ?? (body === undefined ? '' : JSON.stringify(body));
  if (found.length === 0 && status !== undefined)
    await scripted('own answer', { status, headers, body: text });
  return found;
}

describe('documented repetitions', () => {
  interface Duplicates {
    readonly duplicates: readonly { first: string; second: string; counted: number; why: string }[];
  }

  test.each(fixtureOf<Duplicates>('kissmetrics').duplicates)(
    'KISSmetrics counts two events $counted time(s): $why',
    async ({ first, second, counted }) => {
      for (const url of [first, second]) await send('kissmetrics', { method: 'GET', url, headers: {} });
      const { platforms } = await collector.get<StatsResponse>('stats');
      expect(platforms.find(({ platform }) => platform === 'kissmetrics')).toMatchObject({
        delivered: counted,
        duplicate: 2 - counted,
      });
    },
  );
});
