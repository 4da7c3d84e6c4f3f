import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { globalPrivacyControl } from '../../../lib/capture/privacy/browser-signals.js';
import type {
  Consent,
  ConsentAnswer,
  ConsentDecision,
} from '../../../lib/capture/privacy/privacy-options.js';
import type { Destination } from '../../../lib/destinations/destination.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { TrackingModuleOptions } from '../../../lib/options/module-options.js';
import { resolveOptions } from '../../../lib/options/resolve-options.js';
import { TrackingRecorder } from '../../../lib/testing/tracking-recorder.js';
import { TrackingRuntime } from '../../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../../lib/tracking.service.js';
import { ManualClock } from '../../support/manual-clock.js';
import { aLog } from '../../support/spoken-log.js';
import { expectAccounted } from '../../support/accounting.js';
import { ANN, Shop, tracking } from '../../support/tracking.js';

class Platform extends Shop {
  readonly sent: LaneEvent[] = [];

  override encode(batch: readonly LaneEvent[]) {
    this.sent.push(...batch);
    return super.encode(batch);
  }
}

const saying =
  (said: unknown): Consent =>
  () =>
    said as ConsentAnswer;

/** An analytics platform and two for advertising. */
function platforms(
  consent: TrackingModuleOptions['consent'],
  members: Partial<Destination> = {},
  options = {},
) {
  const posthog = new Platform('posthog');
  const meta = new Platform('meta', { purpose: 'advertising', ...members });
  const ga = new Platform('ga', { purpose: 'advertising' });
  return { ...tracking({ destinations: [posthog, meta, ga], consent, ...options }), posthog, meta, ga };
}

const VISIT = {
  ...ANN,
  anonymousId: 'browser of ann',
  context: { ip: '203.0.113.7', sessions: { ga: 'visit of ann' }, route: '/orders' },
};
const UUID = /^[\da-f]{8}-[\da-f]{4}-[47][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('consent by purpose and destination', () => {
  test('withholds the event from destinations that may not get it', () => {
    const { service, posthog, meta, ga, spoken } = platforms(
      saying({ analytics: 'allow', advertising: 'drop' }),
    );
    service.track('Order Completed', {}, ANN);
    expect([posthog, meta, ga].map(({ events }) => events.length)).toEqual([1, 0, 0]);
    const { lanes } = service.stats();
    expect([lanes['meta']!.declined, lanes['ga']!.declined]).toEqual([{ consent: 1 }, { consent: 1 }]);
    expect(spoken.all).toEqual([]);
    expectAccounted(service.stats());
  });

  test('a name wins over its purpose, and a purpose without an answer is allowed', () => {
    const { service, posthog, meta, ga } = platforms(saying({ advertising: 'drop', ga: 'allow' }));
    service.track('Order Completed', {}, ANN);
    expect([posthog, meta, ga].map(({ events }) => events.length)).toEqual([1, 0, 1]);
  });

  test('of several hooks the strictest counts for each destination, in any order', () => {
    const RANK: readonly (ConsentDecision | undefined)[] = ['allow', 'strip', 'drop'];
    const decision = fc.constantFrom<ConsentDecision | undefined>('allow', 'strip', 'drop', undefined);
    const answer = fc.oneof(
      decision,
      fc.record({ analytics: decision, advertising: decision, meta: decision }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 4 }), (said) => {
        const it = platforms(said.map(saying));
        it.service.track('Signed Up', {}, ANN);
        const of = (keys: readonly string[]): number =>
          Math.max(
            0,
            ...said.map((each) => {
              const by = each as Record<string, ConsentDecision | undefined>;
              const own =
                typeof each === 'object' ? keys.map((key) => by[key]).find((one) => one !== undefined) : each;
              return RANK.indexOf(own ?? 'allow');
            }),
          );
        const became = ({ events: [event] }: Platform): number =>
          event === undefined ? 2 : event.userId === 'ann' ? 0 : 1;
        expect([it.posthog, it.meta, it.ga].map(became)).toEqual([
          of(['analytics']),
          of(['meta', 'advertising']),
          of(['advertising']),
        ]);
        expectAccounted(it.service.stats());
      }),
    );
  });

  test('no destination is called like a purpose that it does not have', () => {
    const named = (name: string, purpose: 'analytics' | 'advertising') => () =>
      tracking({ destinations: [new Shop(name, { purpose })] });
    expect(named('analytics', 'advertising')).toThrow('destinations[0].name');
    expect(named('advertising', 'analytics')).toThrow('no other purpose than the destination');
    expect(named('analytics', 'analytics')).not.toThrow();
  });

  test('suppresses an event that no destination may get', () => {
    const { service, spoken } = platforms(saying({ analytics: 'drop', advertising: 'drop' }));
    expect(service.track('Order Completed', {}, ANN)).toBeUndefined();
    service.track('Order Completed', {}, { ...ANN, destinations: ['meta'] });
    expect(service.stats()).toMatchObject({ accepted: 0, rejected: {}, suppressed: { consent: 2 } });
    expect(spoken.all).toEqual([]);
    expectAccounted(service.stats());
  });

  test('can withhold a purpose by Global Privacy Control of a browser', () => {
    const reader = globalPrivacyControl({ advertising: 'drop' });
    expect(reader({} as never, { headers: { 'sec-gpc': '1' } })).toEqual({ advertising: 'drop' });
    expect(reader({} as never, { headers: {} })).toBeUndefined();
    const { service, posthog, meta } = platforms([
      () => reader({} as never, { headers: { 'sec-gpc': '1' } }),
    ]);
    service.track('Order Completed', {}, ANN);
    expect([posthog.events.length, meta.events.length]).toEqual([1, 0]);
  });

  test.each<[string, unknown]>([
    ['another word', { advertising: 'deny' }],
    ['a flag', { advertising: false }],
    ['null', { advertising: null }],
    ['a promise', { advertising: Promise.reject(new Error('hunter2')) }],
    ['a choice without a decision', { advertising: { fields: {} } }],
    ['fields that are none', { advertising: { decision: 'allow', fields: 'LDU' } }],
    ['a map', new Map([['advertising', 'drop']])],
    ['a list', [['advertising', 'drop']]],
    ['a proxy', new Proxy({ advertising: 'drop' }, {})],
  ])('rejects the event where it says %s', async (_, said) => {
    const { service, posthog, spoken } = platforms(saying(said));
    service.track('Order Completed', {}, ANN);
    expect(posthog.events).toEqual([]);
    expect(service.stats()).toMatchObject({ rejected: { consent_error: 1 } });
    expect(spoken.warnings).toEqual([expect.stringMatching(/consent_error.*`consent`/)]);
    expect(spoken.all.join()).not.toContain('hunter2');
    await new Promise((resolve) => setImmediate(resolve)); // a failure of the promise would come now
  });

  test('rejects the event if it decides about an unknown key, and names the key', () => {
    const { service, posthog, spoken } = platforms(saying({ marketing: 'drop' }));
    service.track('Order Completed', {}, ANN);
    expect(posthog.events).toEqual([]);
    expect(service.stats()).toMatchObject({ rejected: { consent_error: 1 } });
    expect(spoken.warnings).toEqual([
      expect.stringMatching(/consent_error.*'marketing'.*purpose.*destination/),
    ]);
  });
});

describe('a destination that may not get the person', () => {
  test('gets the event without its person, under a new id, and the others get the person', async () => {
    const { service, posthog, meta, ga, clock } = platforms(saying({ advertising: 'strip' }));
    const id = service.track('Order Completed', { revenue: 5 }, VISIT);
    const flushed = service.flush();
    await clock.elapse(1_000, 5);
    await flushed;
    for (const events of [posthog.events, posthog.sent.map(({ event }) => event)]) {
      expect(events).toMatchObject([{ id, userId: 'ann', anonymousId: 'browser of ann' }]);
    }
    for (const platform of [meta, ga]) {
      const [sent] = platform.sent;
      expect(sent!.event).toEqual(platform.events[0]);
      expect(sent!.event).toMatchObject({
        name: 'Order Completed',
        properties: { revenue: 5 },
        context: { route: '/orders' },
      });
      expect(sent!.event.id).toMatch(UUID);
      expect(sent!.event.anonymousId).toMatch(UUID);
      expect(JSON.stringify([sent, sent!.event])).not.toMatch(new RegExp(`ann|203\\.0|visit|${id}`));
    }
    expect(new Set([posthog, meta, ga].map(({ sent }) => sent[0]!.event.id)).size).toBe(3);
    const { lanes } = service.stats();
    expect([lanes['meta']!.delivered, lanes['ga']!.delivered]).toEqual([1, 1]);
    expectAccounted(service.stats());
  });

  test('does not get a call that only describes a person', () => {
    const { service, posthog, meta } = platforms(saying({ advertising: 'strip' }));
    service.identify({ plan: 'pro' }, ANN);
    service.alias('browser', 'ann');
    expect([posthog.events.length, meta.events.length]).toEqual([2, 0]);
    expect(service.stats().lanes['meta']!.declined).toEqual({ consent: 2 });
    expectAccounted(service.stats());
  });

  test('has no person in its filter and its map', () => {
    const seen: string[] = [];
    const look = (event: unknown): void => void seen.push(JSON.stringify(event));
    const { service } = platforms(
      saying({ advertising: 'strip' }),
      { map: (event) => (look(event), {}) },
      { filter: { meta: (event: unknown) => (look(event), true) } },
    );
    service.track('Order Completed', {}, VISIT);
    expect(seen).toHaveLength(2);
    expect(seen.join()).not.toMatch(/ann|203\.0/);
  });

  test('stores no person if all other destinations decline', () => {
    const accepted: unknown[] = [];
    const it = platforms(saying({ advertising: 'strip' }), {}, { filter: { posthog: ['Signed Up'] } });
    it.service.lifecycle$.subscribe((event) => accepted.push(event));
    const id = it.service.track('Order Completed', {}, VISIT);
    it.clock.advance(1);
    expect(accepted).toMatchObject([{ type: 'accepted', event: { id } }]);
    expect(JSON.stringify(accepted)).not.toMatch(/ann|203\.0/);
    expect(it.meta.events).toHaveLength(1);
    expectAccounted(it.service.stats());
  });

  test('gets no person in the recorder of a test either', () => {
    const recorder = new TrackingRecorder();
    const options = { destinations: [new Platform('meta'), new Platform('ga')], filter: { ga: ['Other'] } };
    const consent = saying({ meta: 'strip' });
    const { log } = aLog(() => 0);
    const runtime = new TrackingRuntime(
      { ...resolveOptions({ ...options, consent }), observer: recorder },
      new ManualClock(),
      log,
    );
    new TrackingService(runtime).track('Order Completed', {}, VISIT);
    expect(recorder.events).toHaveLength(1);
    expect(JSON.stringify(recorder.events)).not.toMatch(/ann|203\.0/);
  });

  test('has a stored event without the person if no destination may get it', () => {
    const accepted: unknown[] = [];
    const it = platforms(saying({ analytics: 'strip', advertising: 'strip', ga: 'drop' }));
    it.service.lifecycle$.subscribe((event) => accepted.push(event));
    const id = it.service.track('Order Completed', {}, VISIT);
    it.clock.advance(1);
    expect(it.posthog.events).toMatchObject([{ id }]);
    expect(it.meta.events).toMatchObject([{ id }]);
    expect(it.ga.events).toEqual([]);
    expect(JSON.stringify([accepted, it.meta.events])).not.toMatch(/ann|203\.0/);
    expectAccounted(it.service.stats());
  });
});

test('the consent at the time of a call applies when its hold ends', async () => {
  let advertising: ConsentDecision = 'drop';
  const { service, posthog, meta, clock } = platforms(() => ({ advertising }));
  const held = service.hold(() => {
    service.track('Order Completed', {}, ANN);
    advertising = 'allow';
  });
  await clock.settle();
  await held;
  expect([posthog.events.length, meta.events.length]).toEqual([1, 0]);
  expectAccounted(service.stats());
});

describe('a platform with its own consent fields', () => {
  const NEEDS = { needs: ['consent'] as const };

  async function consentOf(said: unknown, ...more: unknown[]) {
    const it = platforms([said, ...more].map(saying), NEEDS);
    it.service.track('Order Completed', {}, ANN);
    const flushed = it.service.flush();
    await it.clock.elapse(1_000, 5);
    await flushed;
    expect(
      it.posthog.sent
        .concat(it.ga.sent)
        .map(({ consent }) => consent)
        .filter(Boolean),
    ).toEqual([]);
    return it.meta.sent[0]?.consent;
  }

  test('gets the answers by purpose, and its fields', async () => {
    const fields = { data_processing_options: ['LDU'] };
    expect(await consentOf({ analytics: 'allow', advertising: { decision: 'allow', fields } })).toEqual({
      analytics: 'allow',
      advertising: 'allow',
      fields,
    });
    expect(await consentOf('allow')).toEqual({ analytics: 'allow', advertising: 'allow' });
    expect(await consentOf(undefined)).toBeUndefined();
    expect(await consentOf({ ga: 'drop' })).toBeUndefined();
    expect(
      await consentOf(
        { meta: { decision: 'allow', fields: { a: 1 } } },
        { advertising: { decision: 'strip', fields: { b: 2 } } },
      ),
    ).toEqual({
      advertising: 'strip',
      fields: { a: 1, b: 2 },
    });
  });

  test('gets them also for an event without its person', async () => {
    expect(await consentOf('strip')).toEqual({ analytics: 'strip', advertising: 'strip' });
  });
});
