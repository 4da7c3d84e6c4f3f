import { Analytics } from '@customerio/cdp-analytics-node';
import * as lib from '../../../lib/index.js';
import { nothing } from '../differences.mjs';
import { messageFor, messagesOf, protocolDifferences } from './segment-protocol.mjs';

const writeKey = 'API_KEY_OF_A_SOURCE';

export const customerio = {
  name: 'Customer.io',
  sdk: '@customerio/cdp-analytics-node',
  answer: () => ({ body: {} }),
  records: messagesOf,
  startTheirs(url) {
    const client = new Analytics({ writeKey, host: url, maxEventsInBatch: 1 });
    return {
      /** Its callbacks come 300 ms late, and it has no flush. */
      send: (call, id) =>
        new Promise((resolve, reject) => {
          client.once(call.type, resolve);
          client.once('error', reject);
          client[call.type](messageFor(call, id));
        }),
      close: () => client.closeAndFlush(),
    };
  },
  ours: (url) => lib.customerio({ writeKey, region: 'us', endpoint: url, objectTypes: { company: '1' } }),
  differences: [
    ...protocolDifferences,
    {
      at: 'headers/x-strict-mode',
      theirs: nothing,
      ours: '1',
      reason: 'Without it, Customer.io answers 200 to events that it does not accept.',
    },
    {
      at: 'message/traits/objectTypeId',
      theirs: nothing,
      ours: '1',
      calls: ['traits of a group', 'a group without traits'],
      reason: 'Without it, Customer.io makes every group an object of its first type.',
    },
    {
      at: 'message/integrations',
      theirs: {},
      ours: nothing,
      reason: 'An empty object has no effect: every integration is on.',
    },
  ],
};
