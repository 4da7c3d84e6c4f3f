import { describe, test } from '@jest/globals';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import type { WebhookOptions } from '../../../lib/destinations/webhook/webhook-options.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const SECRET = 'whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=';
const TOKEN = 'Bearer receiver-token-0123456789';
const PLAIN = { url: 'https://receiver.example.com/hooks/analytics' };

const SOURCE = 'https://shop.example.com/api';

const KINDS: Readonly<Record<string, { options: WebhookOptions; secrets?: readonly string[] }>> = {
  plain: { options: PLAIN },
  signed: { options: { ...PLAIN, secret: SECRET }, secrets: [SECRET] },
  compressed: { options: { ...PLAIN, secret: SECRET, gzip: true }, secrets: [SECRET] },
  'with a token': {
    options: { ...PLAIN, headers: { authorization: TOKEN } },
    secrets: [TOKEN, TOKEN.slice('Bearer '.length)],
  },
  'with headers of a function': {
    options: { ...PLAIN, method: 'PUT', headers: () => ({ 'x-tenant': '7' }) },
  },
  'with a body of its own': {
    options: { ...PLAIN, encode: (events) => events.map((event) => JSON.stringify(event)).join('\n') },
  },
  'single CloudEvents': { options: { ...PLAIN, cloudEvents: { source: SOURCE } } },
  'batches of CloudEvents, signed': {
    options: { ...PLAIN, secret: SECRET, cloudEvents: { source: SOURCE, batched: true, data: 'event' } },
    secrets: [SECRET],
  },
};

describe.each(Object.entries(KINDS))('webhook(), %s', (_, { options, secrets }) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      webhook({ ...options, ...given, ...(!credentials && { url: undefined, secret: undefined }) }),
    secrets,
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
