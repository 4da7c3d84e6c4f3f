import { expect, test } from '@jest/globals';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { ANN, tracking } from '../support/tracking.js';

test('a body of 1,100 names that need normalising writes ten lines, and silences no other warning', async () => {
  const { service, clock, spoken } = tracking({
    destinations: [kissmetrics({ apiKey: 'a'.repeat(40) })],
    consent: (event) => {
      if (event.name === 'Consent Asked') throw new Error('the hook is broken');
      return 'allow';
    },
  });
  const body = Object.fromEntries(Array.from({ length: 1_100 }, (_, i) => [`na:me ${i}`, i]));
  service.track('Form Sent', body, ANN);
  const flushed = service.flush();
  clock.advance(1_000);
  await flushed;
  expect(service.stats().notices.normalised).toBe(1_100);
  expect(spoken.all).toHaveLength(10);

  service.track('Consent Asked', {}, ANN);
  service.track('Paid', {});
  service.track('', {}, ANN);
  expect(spoken.all.slice(10).map((line) => /\((\w+)[,)]/.exec(line)?.[1])).toEqual([
    'consent_error',
    'no_identity',
    'invalid_name',
  ]);
});
