import { describe, test } from '@jest/globals';
import { mixpanel } from '../../../lib/destinations/mixpanel/mixpanel.js';
import type { MixpanelOptions } from '../../../lib/destinations/mixpanel/mixpanel-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';
import type { ConformanceRequest, PlatformAnswer } from '../../../lib/testing/index.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const SECRET = 'service-account-secret-0123456789';

const KINDS: Readonly<
  Record<string, { options: Partial<MixpanelOptions>; secrets: readonly string[]; cannot?: 'simplified' }>
> = {
  simplified: { options: {}, secrets: [TOKEN] },
  'original, with a service account': {
    options: {
      identity: 'original',
      groupKey: 'company',
      gzip: true,
      serviceAccount: { username: 'svc.example', secret: SECRET, projectId: '2195193' },
    },
    secrets: [TOKEN, SECRET],
  },
};

const json = (status: number, body: object): PlatformAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

function isImport({ url }: ConformanceRequest): boolean {
  return new URL(url).pathname === '/import';
}

describe.each(Object.entries(KINDS))('mixpanel(), %s', (_, { options, secrets }) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      mixpanel({
        region: 'eu',
        ...options,
        ...given,
        token: credentials ? TOKEN : undefined,
        ...(!credentials && { serviceAccount: undefined }),
      }),
    secrets,
    cookies: {
      [`mp_${TOKEN}_mixpanel`]: encodeURIComponent(
        JSON.stringify({
          distinct_id: '$device:5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f',
          $device_id: '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f',
        }),
      ),
    },
    answers: {
      success: (request) =>
        isImport(request)
          ? json(200, { code: 200, num_records_imported: request.ids.length, status: 'OK' })
          : { status: 200, body: '1' },
      rejected: ({ ids }) =>
        json(400, {
          code: 400,
          error: 'some data points in the request failed validation',
          status: 'Bad Request',
          num_records_imported: ids.length - 1,
          failed_records: [
            { index: 0, insert_id: ids[0], field: 'properties.time', message: 'example reason' },
          ],
        }),
      unauthorized: json(401, { code: 401, error: 'Invalid credentials', status: 'Unauthorized' }),
      throttled: json(429, { code: 429, error: 'example', status: 'Too Many Requests' }),
      tooLarge: json(413, { code: 413, error: 'example', status: 'Request Entity Too Large' }),
    },
    skip: { content: 'profiles have neither an id nor a time, and profiles of groups no person' },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
