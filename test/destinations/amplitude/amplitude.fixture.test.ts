import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { amplitude } from '../../../lib/destinations/amplitude/amplitude.js';
import type { AmplitudeOptions } from '../../../lib/destinations/amplitude/amplitude-options.js';
import { readAttempt } from '../../../lib/delivery/reading.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { outcomesOf } from '../outcomes-of.js';

interface Fixture {
  exchanges: {
    name: string;
    request: {
      url: string;
      headers: Record<string, string>;
      body: { api_key: string; events: Record<string, unknown>[] };
    };
    responses: {
      case: string;
      status: number;
      headers: Record<string, string>;
      body?: unknown;
      expect: {
        outcomes?: string[];
        request?: string;
        config_error?: boolean;
        retry_after_s_for?: Record<string, number>;
      };
    }[];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('./amplitude.fixture.json', import.meta.url), 'utf8'),
) as Fixture;
const exchange = (name: string) => fixture.exchanges.find((each) => each.name === name)!;
const DEVICE = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const id = (n: number): string => `0198c2a0-1111-7a11-8111-00000000000${n}`;
const event = (n: number, members: Partial<TrackingEvent>) =>
  anEvent({ id: id(n), anonymousId: DEVICE, ...members });
const { userId: _, ...nobody } = event(3, {
  type: 'group',
  groupId: 'acme',
  properties: { plan: 'enterprise' },
});

const SAID: Record<string, { options: Partial<AmplitudeOptions>; events: TrackingEvent[] }> = {
  'httpv2-batch': {
    options: {},
    events: [
      event(1, { name: 'Order Completed', properties: { orderId: 'O-77' } }),
      event(2, { type: 'identify', properties: { plan: 'pro' } }),
      event(3, { name: 'Order Refunded', userId: 'user-1002' }),
    ],
  },
  'batch-over-daily-quota': {
    options: { api: 'batch' },
    events: [
      event(1, { name: 'Order Completed' }),
      event(2, { name: 'Order Completed', userId: 'user-1002' }),
    ],
  },
  'group-identify-eu': { options: { region: 'eu' }, events: [nobody] },
};

const made = (name: string) => {
  const { options, events } = SAID[name]!;
  const { api_key: apiKey } = exchange(name).request.body;
  return { destination: amplitude({ apiKey, ...options }), batch: events.map((each) => inLane(each)) };
};

describe('the documented exchanges', () => {
  test('are all here', () => {
    expect(Object.keys(SAID)).toEqual(fixture.exchanges.map(({ name }) => name));
  });

  test.each(Object.keys(SAID))('%s is the request of its events', (name) => {
    const { request } = exchange(name);
    const { destination, batch } = made(name);
    const sent = destination.encode(batch, { now: NEW_YEAR, number: 1 });
    expect(sent).toMatchObject({ method: 'POST', url: request.url });
    expect(sent.headers).toMatchObject({ 'content-type': request.headers['Content-Type'] });
    const { events, ...envelope } = JSON.parse(
      sent.body as string,
    ) as Fixture['exchanges'][0]['request']['body'];
    // As the vendor's SDK: a time of sending, the option for short ids, and the library of each event.
    expect(envelope).toEqual({
      api_key: request.body.api_key,
      options: { min_id_length: 1 },
      client_upload_time: '2026-01-01T00:00:00.000Z',
    });
    expect(
      events.map(({ library, event_properties: properties, ...members }) => {
        expect(library).toMatch(/^nestjs-tracking\//);
        return {
          ...members,
          ...(Object.keys(properties ?? {}).length > 0 && { event_properties: properties }),
        };
      }),
    ).toEqual(
      // The vendor's SDK sends no property of a `track()` as a `revenue` beside the properties.
      request.body.events.map((each) => ({ ...each, revenue: undefined })),
    );
  });

  const answers = fixture.exchanges.flatMap(({ name, responses }) =>
    responses.map((response) => ({ name, ...response })),
  );
  test.each(answers)('$name: $case gives its outcomes', ({ name, status, headers, body, expect: told }) => {
    const { destination, batch } = made(name);
    const answer = { status, headers, body: body === undefined ? '' : JSON.stringify(body) };
    const outcomes =
      told.config_error === true
        ? batch.map(() => 'park')
        : told.request === 'too_large'
          ? batch.map(() => 'refuse')
          : told.outcomes;
    expect(outcomesOf(destination, answer, batch)).toEqual(outcomes);
    const { events } = readAttempt({ answer: { ...answer, complete: true } }, destination, batch);
    for (const [index, seconds] of Object.entries(told.retry_after_s_for ?? {})) {
      expect(events?.get(batch[Number(index)]!.event.id)).toMatchObject({ afterMs: seconds * 1_000 });
    }
  });
});
