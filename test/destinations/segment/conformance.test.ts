import { describe, test } from '@jest/globals';
import { segment } from '../../../lib/destinations/segment/segment.js';
import type { SegmentOptions } from '../../../lib/destinations/segment/segment-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const KEY = 'segment-write-key-0123456789';

const KINDS: Readonly<Record<string, Partial<SegmentOptions>>> = {
  'in the US': { region: 'us' },
  'a second source in the EU, compressed': { region: 'eu', name: 'segment-eu', gzip: true },
};

describe.each(Object.entries(KINDS))('segment(), %s', (_, options) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      segment({ writeKey: credentials ? KEY : undefined, region: 'us', ...options, ...given }),
    secrets: [KEY],
    cookies: { ajs_anonymous_id: '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f', ajs_user_id: 'ada@example.com' },
    answers: {
      throttled: { status: 429, headers: { 'x-ratelimit-reset': '30' } },
      invalid: {
        status: 400,
        headers: { 'content-type': 'application/json' },
        body: '{"success":false,"message":"malformed JSON","code":"invalid_request"}',
      },
    },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
