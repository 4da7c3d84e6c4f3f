import { describe, expect, test } from '@jest/globals';
import type { RudderstackOptions } from '../../../lib/destinations/rudderstack/rudderstack-options.js';
import { rudderstack } from '../../../lib/destinations/rudderstack/rudderstack.js';
import type { BrowserIds } from '../../../lib/event/browser-ids.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';

const KEY = 'rudderstack-write-key-0123456789';
const BASIC = Buffer.from(`${KEY}:`).toString('base64');
const make = (options: Partial<RudderstackOptions> = {}) =>
  rudderstack({ writeKey: KEY, dataPlaneUrl: 'https://dataplane.example.com', ...options });

interface Sent {
  readonly timestamp: string;
  readonly originalTimestamp: string;
  readonly sentAt: string;
  readonly messageId: string;
  readonly traits?: object;
  readonly context: Record<string, unknown>;
}

const sent = (event: TrackingEvent, browser?: BrowserIds, now = NEW_YEAR, options = {}): Sent => {
  const held = { event, ...(browser && { browser }) };
  const { body } = make(options).encode([held], { now, number: 1 });
  return (JSON.parse(body as string) as { batch: [Sent] }).batch[0];
};

describe('its declarations', () => {
  test('data plane and key select the account; every form of the key is a secret', () => {
    const { account, credentials, secrets } = make({ dataPlaneUrl: 'https://rudder.example.com/eu/' });
    expect(account).toEqual(['rudder.example.com/eu', KEY]);
    expect(credentials).toEqual([]);
    expect(secrets).toEqual([KEY, BASIC]);
  });

  test('a 200 means that the request was checked; repeats are recognised for an hour at least', () => {
    expect(make()).toMatchObject({
      acknowledgement: 'accepted',
      deduplication: { fields: ['messageId'], windowMs: 3_600_000 },
    });
  });

  test('requests are compressed, as by the vendor’s SDK, unless that is switched off', () => {
    const attempt = { now: NEW_YEAR, number: 1 };
    expect(make().encode([{ event: anEvent() }], attempt).compress).toBe('gzip');
    expect(make({ gzip: false }).encode([{ event: anEvent() }], attempt).compress).toBeUndefined();
  });
});

describe('its options', () => {
  test.each([
    [{ writeKey: undefined }, 'writeKey', 'write key'],
    [{ dataPlaneUrl: undefined }, 'dataPlaneUrl', 'http'],
    [{ dataPlaneUrl: 'https://me:hush@dataplane.example.com' }, 'dataPlaneUrl', 'writeKey'],
    [{ endpoint: 'https://hush.example.com' }, 'endpoint', 'dataPlaneUrl'],
    [{ headers: { Authorization: 'Bearer hush' } }, 'headers.Authorization', 'the library sets'],
  ])('%j is refused at start, and no secret shown', (options, option, wants) => {
    const error = configError(make(options as never));
    expect(error.option).toBe(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
    expect(error.message).not.toContain('hush');
  });
});

describe('a message', () => {
  test('has the times that the data plane reads in it: when it happened, and when this attempt was made', () => {
    const event = anEvent({ timestamp: NEW_YEAR - 86_400_000 });
    const first = sent(event);
    const later = sent(event, undefined, NEW_YEAR + 7_200_000);
    expect(first).toMatchObject({
      timestamp: '2025-12-31T00:00:00.000Z',
      originalTimestamp: '2025-12-31T00:00:00.000Z',
      sentAt: '2026-01-01T00:00:00.000Z',
    });
    expect(later).toEqual({ ...first, sentAt: '2026-01-01T02:00:00.000Z' });
  });

  test('of identify() has its traits where integrations read them, unless the application sets others there', () => {
    const event = anEvent({ type: 'identify', properties: { plan: 'pro' } });
    expect(sent(event)).toMatchObject({ traits: { plan: 'pro' }, context: { traits: { plan: 'pro' } } });
    const own = anEvent({ ...event, context: { traits: { tier: 1 } } });
    expect(sent(own)).toMatchObject({ traits: { plan: 'pro' }, context: { traits: { tier: 1 } } });
    expect(sent(anEvent()).context).not.toHaveProperty('traits');
  });

  test('of group() has the type of the group where integrations read it', () => {
    const group = { type: 'group', groupId: 'acme' } as const;
    const typed = { ...group, groupType: 'company' };
    expect(sent(anEvent(group)).traits).toEqual({});
    expect(sent(anEvent(typed)).traits).toEqual({ groupType: 'company' });
    expect(sent(anEvent({ ...typed, properties: { groupType: 'own' } })).traits).toEqual({
      groupType: 'own',
    });
  });

  test('has the session of the browser library, unless the application gave one', () => {
    const browser = { sessionId: 1_767_225_600_000 };
    expect(sent(anEvent(), browser).context).toHaveProperty('sessionId', 1_767_225_600_000);
    expect(sent(anEvent({ context: { sessionId: 7 } }), browser).context).toHaveProperty('sessionId', 7);
    expect(sent(anEvent()).context).not.toHaveProperty('sessionId');
  });

  test('to a second source has another id', () => {
    const event = anEvent();
    expect(sent(event).messageId).toBe(event.id);
    expect(sent(event, undefined, NEW_YEAR, { name: 'second' }).messageId).not.toBe(event.id);
  });
});

describe('an answer', () => {
  const explain = (body: string) => make().explain!({ status: 400, headers: {}, body, complete: true });

  test.each(['invalid json', 'request neither has anonymousId nor userId', 'source is disabled'])(
    'explains itself by its text: %s',
    (body) => {
      expect(explain(`${body}\n`)).toEqual({ code: body });
    },
  );

  test.each(['<html><body>Bad gateway</body></html>', '', 'x'.repeat(200), 'first line\nsecond line'])(
    'of another platform has no reason: %j',
    (body) => {
      expect(explain(body)).toBeUndefined();
    },
  );
});
