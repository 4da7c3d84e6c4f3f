import { describe, expect, test } from '@jest/globals';
import type { ConsentAnswer } from '../../../lib/capture/privacy/privacy-options.js';
import { playedDispatcher } from '../../../lib/destinations/played-dispatcher.js';
import { meta } from '../../../lib/destinations/meta/meta.js';
import type { JsonObject } from '../../../lib/event/tracking-event.js';
import { tracking, Shop } from '../../support/tracking.js';

const ADA = 'ada@example.com';

/** The request to Meta for an event of a person with all data, after an answer of `consent`. */
async function sentAfter(answer: ConsentAnswer, ageMs = 0) {
  const bodies: string[] = [];
  const destination = meta({
    datasetId: '1234567890123456',
    accessToken: 'example-token-0123',
    dispatcher: playedDispatcher((request) => {
      bodies.push(String(request.body));
      request.end({ status: 200, body: '{"events_received":1}' });
    }),
  });
  const { service, clock } = tracking({
    destinations: [new Shop('shop'), destination],
    consent: () => answer,
  });
  service.track(
    'Purchase',
    { value: 49.95 },
    {
      userId: 'user-1001',
      person: { email: ADA },
      timestamp: clock.now() - ageMs,
      context: {
        page: { url: 'https://shop.example/teapots?fbclid=IwAR_click', referrer: 'https://mail.example/ada' },
        ip: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (ada)',
      },
    },
  );
  const flushed = service.flush({ destinations: ['meta'] });
  await clock.elapse(1_000, 5);
  await flushed;
  const { declined } = service.stats().lanes['meta']!;
  const events = bodies.flatMap((body) => (JSON.parse(body) as { data: JsonObject[] }).data);
  return { events, text: bodies.join(), declined };
}

describe('an event for advertising', () => {
  test('that is allowed has the person, hashed', async () => {
    const { events, text } = await sentAfter({ advertising: 'allow' });
    expect(events).toMatchObject([
      {
        action_source: 'website',
        user_data: {
          em: [expect.stringMatching(/^[\da-f]{64}$/)],
          external_id: [expect.stringMatching(/^[\da-f]{64}$/)],
          client_ip_address: '203.0.113.7',
          fbc: expect.stringMatching(/^fb\.1\.\d+\.IwAR_click$/) as unknown,
        },
      },
    ]);
    expect(text).not.toContain(ADA);
    expect(text).not.toContain('user-1001');
  });

  test.each([{ advertising: 'strip' }, { meta: 'strip' }, 'strip'] as const)(
    'that is stripped (%j) has nothing that the person could be found by',
    async (answer) => {
      const { events } = await sentAfter(answer);
      const allowed = await sentAfter('allow');
      expect(events).toHaveLength(1);
      expect(events[0]).toEqual({
        event_name: 'Purchase',
        event_id: expect.any(String) as unknown,
        event_time: expect.any(Number) as unknown,
        action_source: 'system_generated',
        event_source_url: 'https://shop.example/teapots',
        // With an id that no other event has.
        user_data: { external_id: [expect.stringMatching(/^[\da-f]{64}$/)] },
        custom_data: { value: 49.95 },
      });
      const ids = (event: JsonObject) => (event['user_data'] as JsonObject)['external_id'];
      expect(ids(events[0]!)).not.toEqual(ids(allowed.events[0]!));
    },
  );

  test.each([{ advertising: 'drop' }, { meta: 'drop' }] as const)(
    'that is dropped (%j) is not sent',
    async (answer) => {
      const { events, declined } = await sentAfter(answer);
      expect(events).toEqual([]);
      expect(declined).toEqual({ consent: 1 });
    },
  );

  test('of 7 days ago is declined when it is recorded', async () => {
    const { events, declined } = await sentAfter('allow', 7 * 86_400_000);
    expect(events).toEqual([]);
    expect(declined).toEqual({ expired: 1 });
  });
});
