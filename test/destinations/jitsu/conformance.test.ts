import { describe, test } from '@jest/globals';
import { jitsu } from '../../../lib/destinations/jitsu/jitsu.js';
import type { JitsuOptions } from '../../../lib/destinations/jitsu/jitsu-options.js';
import { messageIds } from '../../../lib/destinations/segment-protocol/message.js';
import { destinationConformance } from '../../../lib/testing/index.js';

const KEY = 'jitsu-key-id:jitsu-secret-0123456789';

const KINDS: Readonly<Record<string, Partial<JitsuOptions>>> = {
  plain: {},
  'a second site, compressed': { name: 'jitsu-second', gzip: true },
};

const json = (status: number, body: object) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe.each(Object.entries(KINDS))('jitsu(), %s', (_, options) => {
  const suite = destinationConformance({
    create: (given, credentials) =>
      jitsu({
        writeKey: credentials ? KEY : undefined,
        host: 'https://ingest.example.com',
        ...options,
        ...given,
      }),
    secrets: [KEY, KEY.slice('jitsu-key-id:'.length)],
    cookies: { __eventn_id: '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f', __eventn_uid: 'user-1001' },
    answers: {
      success: ({ ids: { length } }) => json(200, { ok: true, receivedEvents: length, okEvents: length }),
      rejected: ({ ids: [id, ...others] }) => {
        const messageId = messageIds({ name: options.name ?? 'jitsu', kind: 'jitsu' })({ id: id! });
        return json(200, {
          ok: false,
          receivedEvents: others.length + 1,
          okEvents: others.length,
          errors: [`Message ID: ${messageId}: event error: 'event' property is required for 'track' event`],
        });
      },
      unauthorized: json(401, { error: `stream not found: for: [writeKey: ${KEY}]` }),
      invalid: json(400, { error: 'error parsing message: Client Ip: 203.0.113.7: EOF' }),
    },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
