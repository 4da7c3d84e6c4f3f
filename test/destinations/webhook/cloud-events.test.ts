import { describe, expect, test } from '@jest/globals';
import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import type { CloudEventsOptions } from '../../../lib/destinations/webhook/cloud-events-options.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';

const URL_ = 'https://receiver.example.com/hooks/analytics';
const SOURCE = 'https://shop.example.com/api';
const FIRST = { now: NEW_YEAR + 5_700, number: 1 };

/** The events that the CloudEvents SDK reads from a request. */
function read(
  events: readonly TrackingEvent[],
  options: Partial<CloudEventsOptions> = {},
): CloudEvent<unknown>[] {
  const destination = webhook({ url: URL_, cloudEvents: { source: SOURCE, ...options } });
  const { headers, body } = destination.encode(
    events.map((event) => inLane(event)),
    FIRST,
  );
  const message = { headers: { ...headers }, body: body as string };
  return [HTTP.toEvent<unknown>(message)].flat() as CloudEvent<unknown>[];
}

const ORDER = anEvent({
  name: 'Order Completed',
  timestamp: NEW_YEAR + 7,
  anonymousId: 'anon',
  properties: { orderId: 'O-77', revenue: 49.95 },
  context: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
});

describe('an event in structured mode', () => {
  test('is readable by the CloudEvents SDK', () => {
    const [event] = read([ORDER], { typePrefix: 'com.example.' });
    expect(event!.validate()).toBe(true);
    expect(event!.toJSON()).toMatchObject({
      specversion: '1.0',
      id: ORDER.id,
      source: SOURCE,
      type: 'com.example.Order Completed',
      time: '2026-01-01T00:00:00.007Z',
      subject: 'user-1001',
      kind: 'track',
      userid: 'user-1001',
      anonymousid: 'anon',
      traceparent: ORDER.context!['traceparent'],
      datacontenttype: 'application/json',
      data: { orderId: 'O-77', revenue: 49.95 },
    });
  });

  test('is one request, with its own media type', () => {
    const destination = webhook({ url: URL_, cloudEvents: { source: SOURCE } });
    expect(destination).toMatchObject({ limits: { maxEvents: 1 }, batch: { maxEvents: 1, maxDelayMs: 0 } });
    expect(destination.encode([inLane(ORDER)], FIRST).headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': ORDER.id,
    });
  });

  test('has members for a group and an alias', () => {
    const [group] = read([anEvent({ type: 'group', groupId: 'acme', properties: { plan: 'pro' } })]);
    expect(group).toMatchObject({ type: 'group', kind: 'group', groupid: 'acme', data: { plan: 'pro' } });
    const [alias] = read([anEvent({ type: 'alias', previousId: 'anon' })]);
    expect(alias).toMatchObject({ type: 'alias', kind: 'alias', previousid: 'anon', userid: 'user-1001' });
  });

  test('has the whole event as its data on request', () => {
    const [event] = read([ORDER], { data: 'event' });
    expect(event!.data).toMatchObject({
      id: ORDER.id,
      name: 'Order Completed',
      properties: ORDER.properties,
    });
  });
});

describe('events in a batch', () => {
  test('are an array with the media type of batches', () => {
    const destination = webhook({ url: URL_, cloudEvents: { source: SOURCE, batched: true } });
    expect(destination).toMatchObject({ limits: { maxEvents: 10_000 }, batch: { maxEvents: 500 } });
    const { headers } = destination.encode([inLane(ORDER), inLane(anEvent())], FIRST);
    expect(headers!['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
  });

  test('are read by the SDK in order, whatever they contain', () => {
    const event = fc.record({
      name: fc.string({ unit: 'binary', minLength: 1 }),
      timestamp: fc.integer({ min: 0, max: 4e12 }),
      userId: fc.string({ minLength: 1 }),
      properties: fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<TrackingEvent['properties']>,
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 10 }), (members) => {
        const events = members.map((each) => anEvent(each));
        const received = read(events, { batched: true });
        expect(received.map(({ id, data, time }) => ({ id, data, time }))).toEqual(
          events.map(({ id, properties, timestamp }) => ({
            id,
            data: JSON.parse(JSON.stringify(properties)) as unknown,
            time: new Date(timestamp).toISOString(),
          })),
        );
      }),
    );
  });
});

describe('its options', () => {
  test.each([
    [{ cloudEvents: {} }, 'cloudEvents.source', 'URI reference'],
    [{ cloudEvents: { source: 'two words' } }, 'cloudEvents.source', 'URI reference'],
    [{ cloudEvents: { source: SOURCE, batched: 'yes' } }, 'cloudEvents.batched', 'true or false'],
    [{ cloudEvents: { source: SOURCE, data: 'all' } }, 'cloudEvents.data', "'properties' or 'event'"],
    [{ cloudEvents: { source: SOURCE, typePrefix: 1 } }, 'cloudEvents.typePrefix', 'non-empty string'],
    [{ cloudEvents: { source: SOURCE, type: 'x' } }, 'cloudEvents.type', 'unknown'],
    [{ cloudEvents: null }, 'cloudEvents', 'an object'],
    [{ cloudEvents: { source: SOURCE }, encode: () => '' }, 'cloudEvents', '`encode`'],
    [{ cloudEvents: { source: SOURCE }, batch: { maxEvents: 2 } }, 'batch.maxEvents', 'one operation'],
  ])('%o are refused at start', (options, option, wants) => {
    const error = configError(webhook({ url: URL_, ...options } as never));
    expect(error.option).toBe(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
  });
});
