import { describe, test } from '@jest/globals';
import { amplitude } from '../../../lib/destinations/amplitude/amplitude.js';
import type { AmplitudeOptions } from '../../../lib/destinations/amplitude/amplitude-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const KEY = '0123456789abcdef0123456789abcdef';
const COOKIE =
  'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjI1ZjBjOGU1Mi02YTNiLTRjMWQtOWU3Zi0yYjFhMGM5ZDhlN2YlMjIlMkMlMjJzZXNzaW9uSWQlMjIlM0ExNzY3MjI1NjAwMDAwJTdE';

const KINDS: Readonly<Record<string, Partial<AmplitudeOptions>>> = {
  plain: {},
  'in batches, compressed and without joins': { api: 'batch', region: 'eu', gzip: true, join: false },
};

describe.each(Object.entries(KINDS))('amplitude(), %s', (_, options) => {
  const json = { 'content-type': 'application/json' };
  const suite = destinationConformance({
    create: (given, credentials) =>
      amplitude({ apiKey: credentials ? KEY : undefined, ...options, ...given }),
    secrets: [KEY],
    cookies: { [`AMP_${KEY.slice(0, 10)}`]: COOKIE },
    answers: {
      success: ({ ids }) => ({
        status: 200,
        headers: json,
        body: JSON.stringify({ code: 200, events_ingested: ids.length }),
      }),
      unauthorized: { status: 400, headers: json, body: '{"code":400,"error":"Invalid API key"}' },
      invalid: { status: 400, headers: json, body: '{"code":400,"error":"Invalid event JSON"}' },
      tooLarge: { status: 413, headers: json, body: '{"code":413,"error":"Payload too large"}' },
    },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
