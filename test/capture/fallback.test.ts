import { describe, expect, test } from '@jest/globals';
import { captureMessages } from '../../lib/capture/capture.messages.js';
import { tracking } from '../support/tracking.js';

describe('the identity fallback', () => {
  test('is asked with the source, only where nobody is known', () => {
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

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['resolves to somebody', () => Promise.resolve({ userId: 'ann' })],
  ])('that %s is nobody, counted, and harms nothing', async (_what, fallback) => {
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
