import { describe, test } from '@jest/globals';
import { meta } from '../../../lib/destinations/meta/meta.js';
import type { MetaOptions } from '../../../lib/destinations/meta/meta-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const TOKEN = 'EAAexampleAccessToken0123456789abcdefghijklmnop';
const KINDS: Readonly<Record<string, Partial<MetaOptions>>> = {
  plain: {},
  'as a test, of phone calls': { testEventCode: 'TEST12345', actionSource: 'phone_call' },
};
const json = { 'content-type': 'application/json' };
const error = (status: number, code: number) => ({
  status,
  headers: json,
  body: JSON.stringify({ error: { message: 'example', type: 'OAuthException', code, fbtrace_id: 'A1' } }),
});

describe.each(Object.entries(KINDS))('meta(), %s', (_, options) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      meta({
        datasetId: credentials ? '1234567890123456' : undefined,
        accessToken: credentials ? TOKEN : undefined,
        ...options,
        ...given,
      }),
    secrets: [TOKEN],
    cookies: { _fbp: 'fb.1.1767225600000.1098115397', _fbc: 'fb.1.1767225600000.IwAR2F4-dbP0l7Mn1IawQQ' },
    answers: {
      success: ({ ids }) => ({
        status: 200,
        headers: json,
        body: JSON.stringify({ events_received: ids.length, messages: [], fbtrace_id: 'A1' }),
      }),
      unavailable: error(500, 2),
      unauthorized: error(400, 190),
      invalid: error(400, 100),
    },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
