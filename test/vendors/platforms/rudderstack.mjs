import Analytics from '@rudderstack/rudder-sdk-node';
import * as lib from '../../../lib/index.js';
import { nothing, timeOfTheCall } from '../differences.mjs';
import { messageFor, messagesOf, protocolDifferences } from './segment-protocol.mjs';

const writeKey = 'WRITE_KEY_OF_A_SOURCE';

export const rudderstack = {
  name: 'RudderStack',
  sdk: '@rudderstack/rudder-sdk-node',
  answer: () => ({ type: 'text/plain', body: 'ok' }),
  records: messagesOf,
  startTheirs(url) {
    const client = new Analytics(writeKey, {
      dataPlaneUrl: url,
      flushAt: 1,
      retryCount: 0,
      logLevel: 'error',
    });
    return {
      send: (call, id) =>
        new Promise((resolve, reject) => {
          client[call.type](messageFor(call, id), (error) => (error ? reject(error) : resolve()));
        }),
      close: () => client.flush(),
    };
  },
  ours: (url) => lib.rudderstack({ writeKey, dataPlaneUrl: url }),
  differences: [
    ...protocolDifferences,
    {
      at: 'message/traits/groupType',
      theirs: nothing,
      ours: 'company',
      calls: ['traits of a group', 'a group without traits'],
      reason: 'Destinations of RudderStack read the type of a group there. The SDK leaves it to the caller.',
    },
    {
      at: 'headers/content-type',
      theirs: 'application/x-www-form-urlencoded',
      ours: 'application/json',
      reason: 'The default of the HTTP client of the SDK for a compressed body. The body is JSON.',
    },
    {
      at: 'envelope/timestamp',
      theirs: '<now, ISO 8601>',
      ours: nothing,
      reason: 'A second send time. RudderStack documents `sentAt`.',
    },
    {
      at: 'message/originalTimestamp',
      theirs: '<now, ISO 8601>',
      ours: timeOfTheCall,
      reason:
        'The SDK sends the time of the call. This package sends the time of the event, as in `timestamp`.',
    },
    {
      at: 'message/timestamp',
      theirs: nothing,
      ours: '<now, ISO 8601>',
      calls: ['an event that happens now'],
      reason: 'This package sends the time of every event.',
    },
  ],
};
