import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { googleAnalytics } from '../../../lib/destinations/google-analytics/google-analytics.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import { anEvent, NEW_YEAR } from '../an-event.js';
import { outcomesOf } from '../outcomes-of.js';

interface Fixture {
  exchanges: {
    name: string;
    records: number;
    request: { method: string; url: string; headers: Record<string, string>; body: object };
    responses: { status: number; body?: object; expect: { outcomes: string[] } }[];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('./google-analytics.fixture.json', import.meta.url), 'utf8'),
) as Fixture;
const PROJECT = { measurementId: 'G-EXAMPLE123', apiSecret: 'API_SECRET' };
const DEBUG = 'https://www.google-analytics.com/debug';

const anonymousId = '1234567890.1767225600';
const ofVisitor = (name: string, properties: Record<string, string | number>): LaneEvent => ({
  event: anEvent({ name, properties, anonymousId, groups: { plan: 'pro' } }),
  browser: { anonymousId, sessionId: '1767225590' },
  consent: { fields: { ad_user_data: 'GRANTED', ad_personalization: 'DENIED' } },
});
const BATCH = [
  ofVisitor('purchase', { transaction_id: 'O-77', currency: 'EUR', value: 49.95 }),
  ofVisitor('sign_up', { method: 'email' }),
];

test.each([
  ['collect', googleAnalytics(PROJECT)],
  ['debug-valid', googleAnalytics({ ...PROJECT, endpoint: DEBUG })],
])('%s is exactly what the events become', (name, destination) => {
  const { request } = fixture.exchanges.find((each) => each.name === name)!;
  const sent = destination.encode(BATCH, { now: NEW_YEAR, number: 1 });
  expect(sent.method).toBe(request.method);
  expect(sent.url).toBe(request.url);
  expect(sent.headers).toEqual({ 'content-type': request.headers['Content-Type'] });
  expect(JSON.parse(sent.body as string)).toEqual(request.body);
});

test('the invalid event, to which Google answers 204, is declined; its region has its own host', () => {
  const { request } = fixture.exchanges.find(({ name }) => name === 'collect-invalid-eu')!;
  const destination = googleAnalytics({ ...PROJECT, region: 'eu' });
  expect(destination.accept!(anEvent({ name: '_bad name', anonymousId }))).toEqual({
    declined: 'invalid_name',
  });
  expect(destination.encode(BATCH, { now: NEW_YEAR, number: 1 }).url).toBe(request.url);
});

describe('each documented answer', () => {
  const answers = fixture.exchanges.flatMap(({ name, records, responses }) =>
    responses.map(({ status, body, expect: { outcomes } }) => ({ name, records, status, body, outcomes })),
  );
  test.each(answers)('$name: $status is $outcomes', ({ records, status, body, outcomes }) => {
    const answer = { status, body: body === undefined ? '' : JSON.stringify(body) };
    expect(outcomesOf(googleAnalytics(PROJECT), answer, BATCH.slice(0, records))).toEqual(outcomes);
  });

  test('a message of the validation server explains the rejection of a single event only', () => {
    const destination = googleAnalytics(PROJECT);
    const { body } = fixture.exchanges.find(({ name }) => name === 'debug-invalid')!.responses[0]!;
    const answer = { status: 200, headers: {}, body: JSON.stringify(body), complete: true };
    const explanation = { code: 'NAME_INVALID', field: 'events', message: 'example description' };
    expect(destination.explain!(answer)).toEqual(explanation);
    expect(destination.decode!(answer, BATCH)).toBe('refused');
  });

  test.each([
    [400, 'refuse'],
    [401, 'park'],
    [404, 'park'],
    [413, 'refuse'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('%i: the delivery decides (%s), as for every destination', (status, outcome) => {
    expect(outcomesOf(googleAnalytics(PROJECT), { status }, BATCH)).toEqual([outcome, outcome]);
  });
});
