import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { doNotTrack, globalPrivacyControl } from '../../../lib/capture/privacy/browser-signals.js';
import type { Consent, ConsentDecision } from '../../../lib/capture/privacy/privacy-options.js';
import { expectAccounted } from '../../support/accounting.js';
import { anEvent } from '../../support/an-event.js';
import { ANN, tracking } from '../../support/tracking.js';

const saying =
  (said: unknown): Consent =>
  () =>
    said as ConsentDecision;
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('consent', () => {
  test('of several answers the strictest counts, in any order', () => {
    const RANK = ['allow', 'strip', 'drop'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('allow', 'strip', 'drop', undefined), { minLength: 1 }),
        (said) => {
          const { service, shop } = tracking({ consent: said.map(saying) });
          service.track('Signed Up', {}, ANN);
          const strictest = Math.max(...said.map((each) => Math.max(0, RANK.indexOf(each ?? ''))));
          const became =
            shop.events.length === 0 ? 'drop' : shop.events[0]!.userId === 'ann' ? 'allow' : 'strip';
          expect(became).toBe(RANK[strictest]);
          expectAccounted(service.stats());
        },
      ),
    );
  });

  test('that drops an event is counted, without a log line or a signal', () => {
    const told: unknown[] = [];
    const { service, shop, spoken } = tracking({ consent: saying('drop') });
    service.lifecycle$.subscribe((event) => told.push(event));
    expect(service.track('Signed Up', {}, ANN)).toBeUndefined();
    service.identify({}, ANN);
    expect(service.stats()).toMatchObject({
      called: 2,
      accepted: 0,
      rejected: {},
      suppressed: { consent: 2 },
    });
    expect([shop.events, spoken.all, told]).toEqual([[], [], []]);
    expectAccounted(service.stats());
  });

  test('a dropped event does not use its key up', () => {
    let decision: ConsentDecision = 'drop';
    const { service, shop } = tracking({ consent: () => decision });
    service.track('Ordered', {}, { ...ANN, key: 1 });
    decision = 'allow';
    service.track('Ordered', {}, { ...ANN, key: 1 });
    expect(shop.events).toHaveLength(1);
  });

  test('gets the event with the real identity', () => {
    const seen: unknown[] = [];
    const { service } = tracking({
      consent: (event, request: unknown) =>
        void seen.push([event.userId, event.anonymousId, event.properties, request]),
      hashIds: { secret: 'x'.repeat(32) },
      redact: { keys: [/mail/], hook: (event) => event },
    });
    service.track('Signed Up', { mail: 'm' }, { userId: 'ann', anonymousId: 'browser' });
    expect(seen).toEqual([['ann', 'browser', { mail: 'm' }, undefined]]);
  });

  test('gives each hook its own deep copy', () => {
    const changes: Consent = (event) => {
      expect(event).toMatchObject({ name: 'Signed Up', userId: 'ann', lanes: ['shop'] });
      expect([event.properties, event.context]).toEqual([{ list: [{ n: 1 }] }, { page: { path: '/' } }]);
      Object.assign(event, { name: 'Other', userId: 'other', timestamp: 1, id: 'other' });
      Object.assign((event.properties['list'] as object[])[0]!, { n: 2 });
      Object.assign(event.context!['page'] as object, { path: '/other' });
      Object.assign(event.properties, { more: true });
      (event.lanes as string[]).push('other');
      return 'allow';
    };
    const { service, shop, clock } = tracking({ consent: [changes, changes] });
    const id = service.track('Signed Up', { list: [{ n: 1 }] }, { ...ANN, context: { page: { path: '/' } } });
    expect(shop.events).toMatchObject([
      { id, name: 'Signed Up', userId: 'ann', timestamp: clock.now(), lanes: ['shop'] },
    ]);
    expect(shop.events[0]!.properties).toEqual({ list: [{ n: 1 }] });
    expect(shop.events[0]!.context).toEqual({ page: { path: '/' } });
  });

  test.each<[string, Consent]>([
    [
      'throws',
      () => {
        throw new Error('hunter2');
      },
    ],
    [
      'reads a request where there is none',
      (_event, request: { headers: object }) => (request.headers, 'allow'),
    ],
    ['returns a promise', saying(Promise.resolve('allow'))],
    ['is asynchronous and fails', () => Promise.reject(new Error('hunter2')) as never],
    ['returns null', saying(null)],
    ['returns true', saying(true)],
    ['returns false', saying(false)],
    ['returns a word of its own', saying('yes')],
    ['returns another case', saying('Allow')],
    ['returns the event', (event) => event as never],
    [
      'returns a proxy that throws',
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('hunter2');
            },
          },
        ) as never,
    ],
  ])('rejects the event if the hook %s, and handles the next one', async (_, broken) => {
    let asked = 0;
    const { service, shop, spoken } = tracking({
      consent: ['allow', 'broken'].map((each) => (event: never, request: unknown) => {
        if (each === 'allow') return 'allow';
        return asked++ < 2 ? broken(event, request) : 'allow';
      }) as Consent[],
    });
    for (let i = 0; i < 3; i++) service.track('Signed Up', {}, ANN);
    expect(shop.events).toHaveLength(1);
    expect(service.stats()).toMatchObject({ accepted: 1, rejected: { consent_error: 2 }, suppressed: {} });
    expect(spoken.warnings).toEqual([expect.stringMatching(/consent_error.*`consent`/)]);
    expect(spoken.all.join()).not.toContain('hunter2');
    expectAccounted(service.stats());
    await new Promise((resolve) => setImmediate(resolve)); // a failure of the promise would come now
  });

  test('refuses events that a hook tracks, and calls no hook for them', () => {
    let asked = 0;
    const inner: unknown[] = [];
    const { service, shop } = tracking({
      consent() {
        asked++;
        inner.push(service.track('Inner', {}, ANN));
        return 'allow';
      },
    });
    service.track('Outer', {}, ANN);
    expect([asked, inner]).toEqual([1, [undefined]]);
    expect(shop.events.map(({ name }) => name)).toEqual(['Outer']);
    expectAccounted(service.stats());
  });
});

describe('an event without its identity', () => {
  const CONTEXT = {
    ip: '203.0.113.7',
    userAgent: 'Browser/1',
    referrer: 'https://search.example/',
    sessions: { googleAnalytics: 's1' },
    requestId: 'r1',
    traceparent: '00-1-2-01',
    traceId: '1',
  };

  test('keeps its name, time and source', () => {
    const { service, shop } = tracking({ consent: saying('strip') });
    const id = service.track(
      'Order Completed',
      { revenue: 5 },
      {
        userId: 'ann',
        anonymousId: 'browser',
        timestamp: 1_750_000_000_000,
        context: { ...CONTEXT, route: '/orders', locale: 'de' },
      },
    );
    const [event] = shop.events;
    expect(event).toMatchObject({
      id,
      name: 'Order Completed',
      timestamp: 1_750_000_000_000,
      properties: { revenue: 5 },
    });
    expect(event!.context).toEqual({ route: '/orders', locale: 'de' });
    expect(event!.anonymousId).toMatch(UUID);
    expect(event).not.toHaveProperty('userId');
    // Its own ids are random, and may have any hexadecimal digits.
    const shown = JSON.stringify({ ...event, id: '', anonymousId: '' });
    expect(shown).not.toMatch(/ann|browser|203\.0|Browser|search|s1|r1|00-1/);
    expectAccounted(service.stats());
  });

  test('has no context if no member is left', () => {
    const { service, shop } = tracking({ consent: saying('strip') });
    service.track('Signed Up', {}, { ...ANN, context: CONTEXT });
    expect(shop.events[0]).not.toHaveProperty('context');
  });

  test('has a new anonymous id each time', () => {
    const { service, shop } = tracking({ consent: saying('strip') });
    for (let i = 0; i < 100; i++) service.track('Signed Up', {}, ANN);
    expect(new Set(shop.events.map(({ anonymousId }) => anonymousId)).size).toBe(100);
  });

  test('is suppressed if it would only describe the person', () => {
    const { service, shop } = tracking({ consent: saying('strip') });
    service.identify({ plan: 'pro' }, ANN);
    service.group('acme', {}, ANN);
    service.alias('browser', 'ann');
    expect(shop.events).toEqual([]);
    expect(service.stats()).toMatchObject({ suppressed: { consent: 3 }, rejected: {} });
    expectAccounted(service.stats());
  });

  test('has no person for the hook and the rules after that', () => {
    const seen: unknown[] = [];
    const { service } = tracking({
      consent: saying('strip'),
      redact(event) {
        seen.push(event.userId, event.anonymousId);
        return event;
      },
    });
    service.track('Signed Up', {}, ANN);
    expect(seen).toEqual([undefined, expect.stringMatching(UUID)]);
  });
});

describe('signals of a browser', () => {
  const heard = (consent: Consent, request: unknown): unknown => consent(anEvent(), request);
  const SIGNALS = [
    ['sec-gpc', globalPrivacyControl],
    ['dnt', doNotTrack],
  ] as const;

  describe.each(SIGNALS)('%s', (header, reader) => {
    test.each<[string, unknown]>([
      ['of Express and Fastify', { headers: { [header]: '1' } }],
      ['of a fetch request', { headers: new Headers({ [header]: '1' }) }],
      ['of a handshake', { handshake: { headers: { [header]: '1' } } }],
      ['of an upgrade', { upgradeReq: { headers: { [header]: ' 1 ' } } }],
      ['sent twice', { headers: { [header]: '0, 1' } }],
      ['in a list', { headers: { [header]: ['0', '1'] } }],
    ])('is heard in the headers %s', (_, request) => {
      expect(heard(reader(), request)).toBe('drop');
      expect(heard(reader('strip'), request)).toBe('strip');
      expect(heard(reader('allow'), request)).toBe('allow');
    });

    test.each<[string, unknown]>([
      ['no request', undefined],
      ['null', null],
      ['a text', 'sec-gpc: 1, dnt: 1'],
      ['a message', { id: 1 }],
      ['no headers', { headers: null }],
      ['other headers', { headers: { accept: '1' } }],
      ['0', { headers: { [header]: '0' } }],
      ['nothing', { headers: { [header]: '' } }],
      ['another number', { headers: { [header]: '11' } }],
      ['no text', { headers: { [header]: 1 } }],
    ])('is not heard in %s', (_, request) => {
      expect(heard(reader(), request)).toBeUndefined();
    });
  });

  test('are independent of each other', () => {
    expect(heard(globalPrivacyControl(), { headers: { dnt: '1' } })).toBeUndefined();
    expect(heard(doNotTrack(), { headers: { 'sec-gpc': '1' } })).toBeUndefined();
  });
});
