import { describe, test } from '@jest/globals';
import { posthog } from '../../../lib/destinations/posthog/posthog.js';
import type { PosthogOptions } from '../../../lib/destinations/posthog/posthog-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';
import type { ConformanceAnswers, ConformanceRequest } from '../../../lib/testing/index.js';

const KEY = 'phc_exampleProjectToken0123456789';
const BROWSER = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const COOKIE = encodeURIComponent(
  JSON.stringify({
    distinct_id: BROWSER,
    $device_id: BROWSER,
    $user_state: 'anonymous',
    $sesid: [1_767_225_600_000, '0198c2a0-1111-7a11-8111-000000000003', 1_767_225_600_000],
  }),
);

const json = (status: number, content: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(content),
});
const results = (ids: readonly string[], first = 'ok') => ({
  results: Object.fromEntries(ids.map((id, index) => [id, { result: index === 0 ? first : 'ok' }])),
});
const plain = (status: number, body: string) => ({ status, headers: { 'content-type': 'text/plain' }, body });

const V0: ConformanceAnswers = {
  success: json(200, { status: 'Ok' }),
  unavailable: plain(503, 'transient error, please retry'),
  throttled: plain(429, 'rate limited'),
  unauthorized: plain(401, 'event submitted without an api_key'),
  invalid: plain(400, 'event submitted without a distinct_id'),
};
const V1: ConformanceAnswers = {
  success: ({ ids }: ConformanceRequest) => json(200, results(ids)),
  rejected: ({ ids }: ConformanceRequest) => json(200, results(ids, 'drop')),
  throttled: json(429, { error: 'rate_limited' }, { 'retry-after': '60' }),
  unauthorized: json(401, { error: 'invalid_api_token' }),
  tooLarge: json(413, { error: 'payload_too_large' }),
};

const KINDS: Readonly<Record<string, readonly [Partial<PosthogOptions>, ConformanceAnswers]>> = {
  'with /batch/': [{ region: 'us' }, V0],
  'with v1, a host of its own and no joins': [
    { host: 'https://ph.example.com/ingest', capture: 'v1', join: false, gzip: false },
    V1,
  ],
};

describe.each(Object.entries(KINDS))('posthog(), %s', (_, [options, answers]) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      posthog({ apiKey: credentials ? KEY : undefined, groupType: 'company', ...options, ...given }),
    secrets: [KEY],
    cookies: { [`ph_${KEY}_posthog`]: COOKIE },
    answers,
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
