import { describe, test } from '@jest/globals';
import { kissmetrics } from '../../../lib/destinations/kissmetrics/kissmetrics.js';
import type { KissmetricsOptions } from '../../../lib/destinations/kissmetrics/kissmetrics-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';
import type { ConformanceSetup } from '../../../lib/testing/index.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';

const KINDS: Readonly<
  Record<string, { options: Partial<KissmetricsOptions>; skip?: ConformanceSetup['skip'] }>
> = {
  plain: { options: {} },
  'with GET': {
    options: { method: 'GET' },
    skip: { 'secret-in-url': 'with `GET`, the API takes the key from the URL only' },
  },
  'with shifted seconds': { options: { spreadCollisions: true } },
};

describe.each(Object.entries(KINDS))('kissmetrics(), %s', (_, { options, skip }) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      kissmetrics({ apiKey: credentials ? KEY : undefined, ...options, ...given }),
    secrets: [KEY],
    cookies: { km_ai: 'AAECAwQFBgcICQoLDA0ODxAREhM=', km_ni: 'ada@example.com' },
    answers: { success: { status: 200, headers: { 'content-type': 'image/gif' }, body: 'GIF89a' } },
    skip,
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
