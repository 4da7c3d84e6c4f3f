import { Analytics } from '@segment/analytics-node';
import * as lib from '../../../lib/index.js';
import { nothing } from '../differences.mjs';
import { messageFor, messagesOf, protocolDifferences } from './segment-protocol.mjs';

const writeKey = 'WRITE_KEY_OF_A_SOURCE';

export const segment = {
  name: 'Segment',
  sdk: '@segment/analytics-node',
  answer: () => ({ body: {} }),
  records: messagesOf,
  startTheirs(url) {
    const client = new Analytics({ writeKey, host: url, flushAt: 1 });
    return {
      async send(call, id) {
        client[call.type](messageFor(call, id));
        await client.flush();
      },
      close: () => client.closeAndFlush(),
    };
  },
  ours: (url) => lib.segment({ writeKey, region: 'us', endpoint: url }),
  differences: [
    ...protocolDifferences,
    {
      at: 'envelope/writeKey',
      theirs: writeKey,
      ours: nothing,
      reason:
        'The `Authorization` header has the key already. In the body, it could leak from one more place.',
    },
    {
      at: 'message/integrations',
      theirs: {},
      ours: nothing,
      reason: 'An empty object has no effect: every integration is on.',
    },
  ],
};
