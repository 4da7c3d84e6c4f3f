import { Identify, Types, createInstance } from '@amplitude/analytics-node';
import * as lib from '../../../lib/index.js';
import { nothing } from '../differences.mjs';

const apiKey = '0123456789abcdef0123456789abcdef';

const anInteger = (value) => Number.isInteger(value);
const allOfIt = (value) => value.length === 2_500;
const first1024Characters = (value) => value.length === 1_024;

export const amplitude = {
  name: 'Amplitude',
  sdk: '@amplitude/analytics-node',
  answer: ({ body }) => ({
    body: {
      code: 200,
      events_ingested: JSON.parse(body).events.length,
      payload_size_bytes: body.length,
      server_upload_time: Date.now(),
    },
  }),
  records({ body, ...request }) {
    const { events, ...envelope } = JSON.parse(body);
    return events.map((message) => ({ ...request, envelope, message }));
  },
  startTheirs: (url) => start(`${url}/2/httpapi`),
  ours: (url) => lib.amplitude({ apiKey, region: 'us', endpoint: url, api: 'http-v2' }),
  differences: [
    { at: 'message/library', reason: 'Another library.' },
    {
      at: 'message/event_id',
      theirs: anInteger,
      ours: nothing,
      reason:
        'A counter of the process, which starts again at 0 after a restart. `insert_id` tells events apart.',
    },
    {
      at: 'envelope/request_metadata/**',
      ours: nothing,
      reason: 'Measurements of the SDK about itself.',
    },
    {
      at: 'message/user_properties/$set/nothing',
      theirs: nothing,
      ours: null,
      calls: ['traits of a user'],
      reason: 'The SDK leaves out a trait that is null. This package sends it to every platform.',
    },
    {
      at: 'message/event_properties/**',
      theirs: allOfIt,
      ours: first1024Characters,
      calls: ['a long text'],
      reason:
        'Amplitude cuts a text at 1,024 characters silently. This package cuts it before, and counts and logs it.',
    },
    {
      at: 'message/group_properties/$set',
      theirs: nothing,
      ours: {},
      calls: ['a group without traits'],
      reason: 'Without traits, the SDK sends no operation, and this package sends one that sets nothing.',
    },
  ],
};

/** The API for many events at once. */
export const amplitudeBatch = {
  ...amplitude,
  name: 'Amplitude, batch',
  startTheirs: (url) => start(`${url}/batch`, { useBatch: true }),
  ours: (url) => lib.amplitude({ apiKey, region: 'us', endpoint: url, api: 'batch' }),
};

async function start(serverUrl, options) {
  const client = createInstance();
  await client.init(apiKey, {
    serverUrl,
    minIdLength: 1,
    flushQueueSize: 1,
    logLevel: Types.LogLevel.Error,
    ...options,
  }).promise;
  return {
    async send(call, id) {
      const sent = sendCall(client, call, id);
      if (sent === undefined) return false;
      await client.flush().promise;
      await sent.promise;
    },
    close() {},
  };
}

function sendCall(client, call, insert_id) {
  const { name, properties, userId, anonymousId, timestamp, groups, groupId, groupType, context } = call;
  const options = {
    user_id: userId,
    device_id: anonymousId,
    insert_id,
    ...(timestamp && { time: timestamp.getTime() }),
    ...(groups && { groups }),
    ...(context && { ip: context.ip, user_agent: context.userAgent, language: context.locale }),
  };
  switch (call.type) {
    case 'track':
      return client.track(name, properties, options);
    case 'identify':
      return client.identify(identifyOf(properties), options);
    case 'group':
      return client.groupIdentify(groupType, groupId, identifyOf(properties), options);
    default:
      return undefined;
  }
}

function identifyOf(properties) {
  const identify = new Identify();
  for (const [name, value] of Object.entries(properties)) identify.set(name, value);
  return identify;
}
