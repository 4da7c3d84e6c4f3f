import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CapturedOptions } from '../../lib/capture/call.js';
import { checkStaticProperties, StaticProperties } from '../../lib/capture/static-properties.js';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { snapshot } from '../../lib/event/snapshot.js';
import { defineTrackingPlan } from '../../lib/plan/tracking-plan.js';
import { typed } from '../../lib/plan/standard-schema.js';
import { ANN, tracking } from '../support/tracking.js';

const MAX_BYTES = 1_000_000;
const SECRET = 'sk_live_0123456789abcdef';

function errorOf(properties: unknown): TrackingConfigError {
  try {
    checkStaticProperties(properties, MAX_BYTES);
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('static properties', () => {
  test('are in every track event, and the properties of the call win', () => {
    const { service, shop } = tracking({ properties: { environment: 'production', region: 'eu', n: 1n } });
    service.track('Signed Up', undefined, ANN);
    service.track('Signed Up', { environment: 'staging', plan: 'pro', region: undefined }, ANN);
    expect(shop.events.map(({ properties }) => properties)).toEqual([
      { environment: 'production', region: 'eu', n: '1' },
      { environment: 'staging', plan: 'pro', region: 'eu', n: '1' },
    ]);
  });

  test('are no traits of a person or a group', () => {
    const { service, shop } = tracking({ properties: { environment: 'production' } });
    service.identify({ plan: 'pro' }, ANN);
    service.group('acme', { size: 5 }, ANN);
    service.alias('before', 'ann');
    expect(shop.events.map(({ properties }) => properties)).toEqual([{ plan: 'pro' }, { size: 5 }, {}]);
  });

  test('are copied at start: later changes, also by a hook, change no other event', () => {
    const given = { build: { commit: 'abc' } };
    const { service, shop } = tracking({
      properties: given,
      redact: (event) => {
        (event.properties['build'] as { commit: string }).commit += '!';
        return event;
      },
    });
    given.build.commit = 'changed';
    service.track('One', undefined, ANN);
    service.track('Two', undefined, ANN);
    expect(shop.events.map(({ properties }) => properties)).toEqual([
      { build: { commit: 'abc!' } },
      { build: { commit: 'abc!' } },
    ]);
  });

  test('join after the check against the plan, and before consent and redaction', () => {
    const seen: unknown[] = [];
    const plan = defineTrackingPlan({ 'Signed Up': typed<{ plan: string }>() });
    const { service, shop } = tracking({
      plan,
      onInvalid: 'reject',
      properties: { environment: 'production', token: SECRET },
      consent: ({ properties }) => {
        seen.push(properties);
        return 'allow';
      },
      redact: { keys: [/token/] },
    });
    service.track('Signed Up', { plan: 'pro' }, ANN);
    expect(seen).toEqual([{ environment: 'production', token: SECRET, plan: 'pro' }]);
    expect(shop.events[0]!.properties).toEqual({
      environment: 'production',
      token: '[redacted]',
      plan: 'pro',
    });
  });

  test('join the kept copy of a decorated method, whose members are not copied again', () => {
    const { service, shop } = tracking({ properties: { environment: 'production' } });
    const options = new CapturedOptions('Orders.create', ANN);
    const kept = snapshot({ items: [{ sku: 'a' }] }, MAX_BYTES);
    options.keep(kept);
    service.track('Order Completed', kept.value, options);
    const { properties } = shop.events[0]!;
    expect(properties).toEqual({ environment: 'production', items: [{ sku: 'a' }] });
    expect(properties['items']).toBe(kept.value['items']);
    expect(kept.value).toEqual({ items: [{ sku: 'a' }] });
  });

  test('count towards the size of an event', () => {
    const { service } = tracking({ maxEventBytes: 1_000, properties: { text: 'x'.repeat(600) } });
    expect(service.track('Small', { note: 'y'.repeat(50) }, ANN)).toBeDefined();
    expect(service.track('Large', { note: 'y'.repeat(300) }, ANN)).toBeUndefined();
    expect(service.stats().rejected).toEqual({ too_large: 1 });
  });

  test('merge to the copy of both, with its size, for any names', () => {
    const name = fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toJSON'), fc.string());
    const object = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(object, object, (fixed, own) => {
        const both = snapshot({ ...fixed, ...own }, MAX_BYTES);
        const copy = snapshot(own, MAX_BYTES);
        const merged = StaticProperties.of(fixed, MAX_BYTES)?.around(copy) ?? copy;
        expect(JSON.parse(JSON.stringify(merged.value))).toEqual(JSON.parse(JSON.stringify(both.value)));
        expect(merged.size).toBe(both.size);
      }),
    );
  });

  test('that are empty or undefined cost nothing', () => {
    expect(StaticProperties.of(undefined, MAX_BYTES)).toBeUndefined();
    expect(StaticProperties.of({ environment: undefined }, MAX_BYTES)).toBeUndefined();
  });
});

describe('static properties that JSON cannot hold fail at start:', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  test.each<[string, unknown, string]>([
    ['no object', 'production', 'properties'],
    ['null', null, 'properties'],
    ['an array', ['production'], 'properties'],
    ['a function', () => ({}), 'properties'],
    ['an instance of a class', new Map([['environment', 'production']]), 'properties'],
    ['a function as a member', { environment: () => SECRET }, 'properties.environment'],
    ['a symbol', { environment: Symbol(SECRET) }, 'properties.environment'],
    ['NaN', { build: { number: NaN } }, 'properties.build.number'],
    ['infinity in an array', { build: [1, Infinity] }, 'properties.build[]'],
    ['an invalid Date', { build: { at: new Date(NaN) } }, 'properties.build.at'],
    ['a circle', circular, 'properties.self'],
    [
      'a getter that throws',
      {
        get environment() {
          throw new Error(SECRET);
        },
      },
      'properties.environment',
    ],
    ['too much', { text: SECRET.repeat(100_000) }, 'properties'],
  ])('%s', (_, properties, option) => {
    const error = errorOf(properties);
    expect(error.option).toBe(option);
    expect(error.message).not.toContain(SECRET);
    expect(() => tracking({ properties: properties as object })).toThrow(TrackingConfigError);
  });

  test('and a name that may be a secret is not shown', () => {
    expect(errorOf({ [SECRET]: NaN }).message).not.toContain(SECRET);
  });
});
