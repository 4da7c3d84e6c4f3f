import { describe, expect, test } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { captureMessages } from '../../lib/capture/capture.messages.js';
import { RequestScope, runInScope } from '../../lib/identity/scope/request-scope.js';
import { tracking } from '../support/tracking.js';

class Orders {
  create(): void {}
  cancel(): void {}
}

/** Runs within a handler for an unknown visitor. */
function inHandler(handler: 'create' | 'cancel', fn: () => void): void {
  const scope = new RequestScope({ headers: {} });
  scope.context = {
    getClass: () => Orders,
    getHandler: () => Orders.prototype[handler],
  } as unknown as ExecutionContext;
  runInScope(scope, fn);
}

describe('an event without a person and without a fallback', () => {
  test('is refused, and logged once for each source with a remedy', () => {
    const { service, spoken } = tracking();
    for (const handler of ['create', 'create', 'cancel'] as const) {
      inHandler(handler, () => {
        service.track('Order Changed');
        service.track('Order Changed', {}, { userId: 'ann' });
      });
    }
    service.track('Night Passed');
    service.track('Night Passed');
    expect(service.stats()).toMatchObject({ accepted: 3, rejected: { no_identity: 5 } });
    const told = spoken.warnings.filter((line) => line.includes('no_identity'));
    expect(told).toEqual([
      expect.stringContaining('Orders.create'),
      expect.stringContaining('Orders.cancel'),
      expect.stringContaining('Night Passed'),
    ]);
    for (const line of told) {
      expect(line).toMatch(/Pass `userId` or `anonymousId`.*`runAs\(\)`.*`identity\.fallback`/);
    }
  });
});

describe('the identity fallback', () => {
  test('is called with the source, only if no person is known', () => {
    const asked: (string | undefined)[] = [];
    const fallback = (source: string | undefined) => {
      asked.push(source);
      return { anonymousId: 'system' };
    };
    const { service, shop } = tracking({ identity: { fallback } });
    service.track('Night Passed');
    service.track('Order Completed', {}, { userId: 'ann' });
    expect(asked).toEqual([undefined]);
    expect(shop.events.map(({ userId, anonymousId }) => userId ?? anonymousId)).toEqual(['system', 'ann']);
  });

  test('is not called for events that it records itself', () => {
    let asked = 0;
    const { service, shop } = tracking({
      identity: {
        fallback: () => {
          asked++;
          service.track('Fallback Asked');
          service.track('Fallback Said', {}, { userId: 'audit' });
          return { userId: 'system' };
        },
      },
    });
    service.track('Night Passed');
    expect(asked).toBe(1);
    expect(shop.events.map(({ name, userId }) => [name, userId])).toEqual([
      ['Fallback Said', 'audit'],
      ['Night Passed', 'system'],
    ]);
    expect(service.stats()).toMatchObject({ called: 3, accepted: 2, rejected: { no_identity: 1 } });
    service.track('Day Passed');
    expect(asked).toBe(2);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['resolves to somebody', () => Promise.resolve({ userId: 'ann' })],
  ])('that %s is no person, is counted, and harms nothing', async (_what, fallback) => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const { service, spoken } = tracking({ identity: { fallback: fallback as never } });
    expect(service.track('Night Passed')).toBeUndefined();
    await new Promise(setImmediate);
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
    expect(service.stats()).toMatchObject({ rejected: { no_identity: 1 }, notices: { resolver_error: 1 } });
    expect(spoken.warnings).toContain(captureMessages.hookFailed('`identity.fallback`'));
  });
});
