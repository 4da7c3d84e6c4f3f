import { describe, expect, test } from '@jest/globals';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { expectAccounted } from '../support/accounting.js';
import { ANN, tracking } from '../support/tracking.js';

type Loose = { -readonly [K in keyof TrackingEvent]: TrackingEvent[K] } & {
  properties: Record<string, unknown>;
};
type Hook = (event: Loose) => unknown;

function withHook(hook: Hook, options = {}) {
  return tracking({ redact: hook as never, ...options });
}

function thrower(): never {
  throw new Error('hunter2');
}

describe('the redaction hook', () => {
  test('gets every event before it is buffered, and nothing that it removes is sent', () => {
    const { service, shop, clock, platform } = withHook((event) => {
      expect(shop.events).toHaveLength(0);
      return { ...event, properties: { ...event.properties, email: undefined } };
    });
    service.track('Signed Up', { email: 'ann@example.com', plan: 'pro' }, ANN);
    expect(shop.events[0]!.properties).toEqual({ plan: 'pro' });
    clock.advance(86_400_000);
    expect(platform.received).toHaveLength(1);
  });

  test('may return a changed copy, or change the event in place', () => {
    for (const hook of [
      (event: Loose) => ({
        ...event,
        name: 'Other',
        userId: 'someone',
        timestamp: 5,
        properties: { a: 1 },
        context: { b: 2 },
      }),
      (event: Loose) =>
        Object.assign(event, {
          name: 'Other',
          userId: 'someone',
          timestamp: 5,
          properties: { a: 1 },
          context: { b: 2 },
        }),
    ]) {
      const { service, shop } = withHook(hook);
      service.track('Signed Up', { secret: 1 }, { ...ANN, context: { secret: 2 } });
      expect(shop.events[0]).toMatchObject({
        name: 'Other',
        userId: 'someone',
        timestamp: 5,
        properties: { a: 1 },
        context: { b: 2 },
      });
      expect(JSON.stringify(shop.events[0])).not.toContain('secret');
    }
  });

  test('never changes id, type, acceptance or lanes', () => {
    const { service, shop, clock } = withHook((event) => ({
      ...event,
      id: 'other',
      type: 'alias',
      acceptedAt: 0,
      source: 'other',
      lanes: ['other'],
    }));
    const id = service.track('Signed Up', {}, { ...ANN, key: 1 });
    expect(shop.events[0]).toMatchObject({ id, type: 'track', acceptedAt: clock.now(), lanes: ['shop'] });
  });

  test('cannot change the event after it was accepted', () => {
    let kept: Loose | undefined;
    const { service, shop } = withHook((event) => (kept = event));
    service.track('Signed Up', { nested: { a: 1 } }, ANN);
    kept!.name = 'Changed';
    (kept!.properties['nested'] as { a: number }).a = 2;
    expect(shop.events[0]).toMatchObject({ name: 'Signed Up', properties: { nested: { a: 1 } } });
  });

  test.each([undefined, null])('suppresses an event for which it returns %p', (nothing) => {
    const { service, shop } = withHook(() => nothing);
    expect(service.track('Signed Up', {}, ANN)).toBeUndefined();
    expect(service.stats()).toMatchObject({ rejected: {}, suppressed: { redacted: 1 } });
    expect(shop.events).toEqual([]);
    expectAccounted(service.stats());
  });

  test.each<[string, string, Hook]>([
    ['redact_error', 'throws', thrower],
    [
      'redact_error',
      'throws after it changed the event',
      (event) => {
        event.userId = 'x';
        return thrower();
      },
    ],
    ['redact_error', 'is asynchronous', (event) => Promise.resolve(event)],
    ['redact_error', 'is asynchronous and fails', () => Promise.reject(new Error('hunter2'))],
    ['redact_error', 'returns a number', () => 5],
    ['redact_error', 'returns true, as a predicate would', () => true],
    ['redact_error', 'returns a string', (event) => JSON.stringify(event)],
    ['redact_error', 'returns an event without a name', (event) => ({ ...event, name: undefined })],
    ['redact_error', 'returns an event with an empty name', (event) => ({ ...event, name: '' })],
    ['redact_error', 'returns an event without a time', (event) => ({ ...event, timestamp: undefined })],
    [
      'redact_error',
      'returns an event with a time that is none',
      (event) => ({ ...event, timestamp: 'now' }),
    ],
    ['redact_error', 'returns an event without properties', (event) => ({ ...event, properties: undefined })],
    ['redact_error', 'returns properties that are none', (event) => ({ ...event, properties: 'none' })],
    ['redact_error', 'returns what JSON cannot hold', (event) => ({ ...event, properties: [] as never })],
    ['redact_error', 'returns a context that is none', (event) => ({ ...event, context: 5 })],
    ['redact_error', 'returns a proxy that throws', () => new Proxy({}, { get: thrower })],
    [
      'redact_error',
      'changes the lanes',
      (event) => {
        (event.lanes as string[]).push('nowhere');
        return event;
      },
    ],
    ['no_identity', 'takes the person out', (event) => ({ ...event, userId: undefined })],
    ['no_identity', 'makes the person nobody', (event) => ({ ...event, userId: '' })],
    [
      'too_large',
      'makes the event too large',
      (event) => ({ ...event, properties: { x: 'x'.repeat(1_000_000) } }),
    ],
    ['too_large', 'makes the name too large', (event) => ({ ...event, userId: 'x'.repeat(1_000_000) })],
  ])('refuses the event as %s when it %s', async (reason, _, hook) => {
    const { service, shop, spoken } = withHook(hook);
    expect(service.track('Signed Up', {}, { ...ANN, destinations: ['shop'] })).toBeUndefined();
    expect(service.stats()).toMatchObject({ rejected: { [reason]: 1 }, suppressed: {} });
    expect(shop.events).toEqual([]);
    expectAccounted(service.stats());
    expect(spoken.all.join()).not.toContain('hunter2');
    await new Promise((resolve) => setImmediate(resolve)); // a failure of the promise would come now
  });

  test.each<[string, Hook, (service: ReturnType<typeof tracking>['service']) => unknown]>([
    [
      'the group of a group',
      (event) => ({ ...event, groupId: undefined }),
      (service) => service.group(1, {}, ANN),
    ],
    [
      'the other id of an alias',
      (event) => ({ ...event, previousId: '' }),
      (service) => service.alias('a', 'b'),
    ],
  ])('cannot take out %s', (_, hook, call) => {
    const { service } = withHook(hook);
    call(service);
    expect(service.stats().rejected).toEqual({ redact_error: 1 });
  });

  test('may return ids of any kind, which are kept as strings', () => {
    const { service, shop } = withHook((event) => ({ ...event, userId: 5n, groupId: 7 }));
    service.group('team', {}, ANN);
    expect(shop.events[0]).toMatchObject({ userId: '5', groupId: '7' });
  });

  test('cannot track another event, for which it would be called again', () => {
    let asked = 0;
    const inner: unknown[] = [];
    const { service, shop, spoken } = withHook((event) => {
      asked++;
      inner.push(service.track('Inner', { inner: true }, ANN));
      return event.properties['fails'] === true ? thrower() : event;
    });
    service.track('Broken', { fails: true }, ANN);
    service.track('Outer', { outer: true }, ANN);
    expect(asked).toBe(2);
    expect(inner).toEqual([undefined, undefined]);
    expect(shop.events.map(({ name }) => name)).toEqual(['Outer']);
    expect(service.stats()).toMatchObject({ called: 4, accepted: 1, rejected: { redact_error: 3 } });
    expect(spoken.all.join()).toContain("event 'Inner' was not recorded (redact_error)");
    expectAccounted(service.stats());
  });
});
