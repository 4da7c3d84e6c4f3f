import { describe, test } from '@jest/globals';
import { customerio } from '../../../lib/destinations/customerio/customerio.js';
import type { CustomerioOptions } from '../../../lib/destinations/customerio/customerio-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const KEY = 'customerio-api-key-0123456789';

const KINDS: Readonly<Record<string, Partial<CustomerioOptions>>> = {
  'in the US': { region: 'us' },
  'in the EU, with types of groups': { region: 'eu', name: 'cio', objectTypes: { company: '1' } },
};

describe.each(Object.entries(KINDS))('customerio(), %s', (_, options) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      customerio({ writeKey: credentials ? KEY : undefined, region: 'us', ...options, ...given }),
    secrets: [KEY],
    cookies: { ajs_anonymous_id: '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f' },
    answers: { success: { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' } },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
