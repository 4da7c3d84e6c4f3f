import { describe, test } from '@jest/globals';
import { googleAnalytics } from '../../../lib/destinations/google-analytics/google-analytics.js';
import type { GoogleAnalyticsOptions } from '../../../lib/destinations/google-analytics/google-analytics-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const SECRET = 'kZ7-example_secret+4/w';

const KINDS: Readonly<Record<string, Partial<GoogleAnalyticsOptions>>> = {
  'with a client id for every user': { clientId: (event) => `client-of-${event.userId}` },
  'in the EU': { region: 'eu', clientId: (event) => event.userId },
};

describe.each(Object.entries(KINDS))('googleAnalytics(), %s', (_, options) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      googleAnalytics({
        measurementId: 'G-EXAMPLE123',
        apiSecret: credentials ? SECRET : undefined,
        ...options,
        ...given,
      }),
    secrets: [SECRET],
    cookies: { _ga: 'GA1.1.1234567890.1767225600', _ga_EXAMPLE123: 'GS2.1.s1767225590$o3$g1$t1767225600' },
    answers: { success: { status: 204 } },
    skip: { 'secret-in-url': 'the Measurement Protocol takes the secret from the query only' },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
