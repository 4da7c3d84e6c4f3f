import { describe, test } from '@jest/globals';
import { rudderstack } from '../../../lib/destinations/rudderstack/rudderstack.js';
import type { RudderstackOptions } from '../../../lib/destinations/rudderstack/rudderstack-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const KEY = 'rudderstack-write-key-0123456789';

const KINDS: Readonly<Record<string, Partial<RudderstackOptions>>> = {
  plain: {},
  'a second source, not compressed': { name: 'rudderstack-second', gzip: false },
};

const text = (status: number, body: string) => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: `${body}\n`,
});

describe.each(Object.entries(KINDS))('rudderstack(), %s', (_, options) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      rudderstack({
        writeKey: credentials ? KEY : undefined,
        dataPlaneUrl: 'https://dataplane.example.com',
        ...options,
        ...given,
      }),
    secrets: [KEY],
    cookies: {
      rl_anonymous_id: 'RS_ENC_v3_IjVmMGM4ZTUyLTZhM2ItNGMxZC05ZTdmLTJiMWEwYzlkOGU3ZiI%3D',
      rl_session: `RS_ENC_v3_${encodeURIComponent(btoa('{"id":1767225600000}'))}`,
    },
    answers: {
      success: { status: 200, body: 'ok' },
      throttled: text(429, 'max requests limit reached'),
      unauthorized: text(401, 'invalid write key'),
      invalid: text(400, 'event is not a valid rudder event'),
      tooLarge: text(413, 'request size exceeds max limit'),
      unavailable: text(503, 'service unavailable'),
    },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
