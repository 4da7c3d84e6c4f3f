import { describe, test } from '@jest/globals';
import { snowplow } from '../../../lib/destinations/snowplow/snowplow.js';
import type { SnowplowOptions } from '../../../lib/destinations/snowplow/snowplow-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const TOKEN = 'collector-token-4711';
const URI = 'iglu:com.example/order_completed/jsonschema/1-0-0';
/** The schema is the event's name at Snowplow. */
const schemas = {
  'Order Completed': URI,
  'Order Refunded': 'iglu:com.example/order_refunded/jsonschema/1-0-0',
};

const KINDS: Readonly<Record<string, Partial<SnowplowOptions>>> = {
  'in base64': {},
  'in JSON, with entities': {
    encodeBase64: false,
    contexts: ({ userId }) => [{ schema: URI, data: { userId: userId ?? null } }],
  },
};

describe.each(Object.entries(KINDS))('snowplow(), %s', (_, options) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      snowplow({
        collector: 'https://collector.example.com',
        appId: 'shop',
        namespace: 'ns1',
        schemas,
        ...options,
        ...given,
        headers: { authorization: credentials ? `Bearer ${TOKEN}` : (undefined as never) },
      }),
    secrets: [TOKEN],
    cookies: {
      '_sp_id.1fff':
        '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f.1767139200.4.1767225600.1767222000.0198c2a0-1111-7a11-8111-000000000003',
    },
    answers: { success: { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' } },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
