import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { snowplow } from '../../../lib/destinations/snowplow/snowplow.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { outcomesOf } from '../outcomes-of.js';

type Fields = Record<string, string>;
interface Fixture {
  exchanges: {
    name: string;
    request: {
      method: string;
      url: string;
      headers: Record<string, string>;
      body: { schema: string; data: Fields[] };
    };
    responses: {
      status: number;
      headers: Record<string, string>;
      body_text?: string;
      expect: { outcomes?: string[]; request?: string };
    }[];
  }[];
  decoded: { ue_px: object };
}

const fixture = JSON.parse(
  readFileSync(new URL('./snowplow.fixture.json', import.meta.url), 'utf8'),
) as Fixture;
const OPTIONS = {
  collector: 'https://collector.example.com',
  appId: 'shop',
  namespace: 'ns1',
  schemas: { 'Order Completed': 'iglu:com.example/order_completed/jsonschema/1-0-0' },
};

const duid = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const ORDER: LaneEvent = {
  event: anEvent({
    id: '0b9f6c1e-2d3a-4b5c-8d7e-9f0a1b2c3d4e',
    name: 'Order Completed',
    anonymousId: duid,
    properties: { orderId: 'O-77', revenue: 49.95 },
  }),
  browser: { anonymousId: duid, sessionId: '0198c2a0-1111-7a11-8111-000000000003' },
};

test.each([
  ['tp2-batch', true],
  ['tp2-plain-json', false],
])('%s is what an event becomes', (name, encodeBase64) => {
  const { request } = fixture.exchanges.find((each) => each.name === name)!;
  const sent = snowplow({ ...OPTIONS, encodeBase64 }).encode([ORDER], { now: NEW_YEAR + 5_000, number: 2 });
  expect(sent.method).toBe(request.method);
  expect(sent.url).toBe(request.url);
  expect(sent.headers).toEqual({
    'content-type': request.headers['Content-Type'],
    'sp-anonymous': '*', // keeps the address of this server out of the events
  });
  const { schema, data } = JSON.parse(sent.body as string) as { schema: string; data: Fields[] };
  expect(schema).toBe(request.body.schema);
  // The visit count of the cookie is no part of the browser ids; the tracker's name is our own.
  const { vid: _, tv: __, ...expected } = request.body.data[0]!;
  const { tv, ...record } = data[0]!;
  expect(record).toEqual(expected);
  expect(tv).toMatch(/^nestjs-tracking-\d/);
});

test('ue_px is base64url of the documented JSON', () => {
  const { body } = snowplow(OPTIONS).encode([ORDER], { now: NEW_YEAR, number: 1 });
  const { data } = JSON.parse(body as string) as { data: Fields[] };
  expect(JSON.parse(Buffer.from(data[0]!['ue_px']!, 'base64url').toString())).toEqual(fixture.decoded.ue_px);
});

describe('each documented answer', () => {
  /** Answers with another outcome in the delivery: a parked lane probes with the same events, so that none is lost. */
  const WORDS: Record<string, string[]> = {
    delivered: ['delivered'],
    retry: ['retry', 'park'],
    rejected: ['refuse'],
    too_large: ['refuse'],
  };
  const answers = fixture.exchanges.flatMap(({ name, responses }) =>
    responses.map(({ status, headers, body_text: body = '', expect: { outcomes, request } }) => {
      return { name, status, headers, body, word: outcomes?.[0] ?? request! };
    }),
  );
  test.each(answers)('$name: $status is $word', ({ status, headers, body, word }) => {
    const batch = [inLane(anEvent()), inLane(anEvent())];
    for (const outcome of outcomesOf(snowplow(OPTIONS), { status, headers, body }, batch)) {
      expect(WORDS[word]).toContain(outcome);
    }
  });

  test.each([
    [301, 'park'],
    [401, 'park'],
    [403, 'park'],
    [410, 'park'],
    [422, 'refuse'],
    [500, 'retry'],
  ])('%i: the delivery decides (%s), as for every destination', (status, outcome) => {
    expect(outcomesOf(snowplow(OPTIONS), { status }, [inLane(anEvent())])).toEqual([outcome]);
  });
});
