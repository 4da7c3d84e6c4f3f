import { PostHog } from 'posthog-node';
import * as lib from '../../../lib/index.js';
import { anId, nothing, timeOfTheCall } from '../differences.mjs';

const apiKey = 'phc_exampleProjectToken';

const NO_PROFILE =
  'The SDK makes a person of every visitor, which PostHog charges for. This package makes none before a user is known.';
const USER_AGENT = /^Mozilla/;
const WITHOUT_TIME = [
  'traits of a user',
  'traits of a user and visitor',
  'traits of a visitor',
  'traits of a group',
  'a group without traits',
  'an alias',
];

/** Properties that capture v1 sends elsewhere. */
const IN_PROPERTIES = new Set([
  'message/properties/$lib',
  'message/properties/$lib_version',
  'message/properties/$process_person_profile',
]);

const differences = [
  { at: 'message/properties/$lib', reason: 'Another library.' },
  { at: 'message/properties/$lib_version', reason: 'Another library.' },
  {
    at: 'message/timestamp',
    theirs: '<now, ISO 8601>',
    ours: timeOfTheCall,
    calls: WITHOUT_TIME,
    reason:
      'identify(), groupIdentify() and alias() of the SDK take no time. This package sends the time of the event.',
  },
  {
    at: 'message/uuid',
    theirs: anId,
    ours: anId,
    calls: WITHOUT_TIME,
    reason:
      'identify(), groupIdentify() and alias() of the SDK take no id. This package sends the id of the event.',
  },
  {
    at: 'message/properties/$process_person_profile',
    theirs: nothing,
    ours: false,
    calls: ['an event of a visitor'],
    reason: NO_PROFILE,
  },
  {
    at: 'message/event',
    theirs: '$identify',
    ours: '$set',
    calls: ['traits of a visitor'],
    reason: 'An `$identify` of an anonymous id would mark the visitor as a known user.',
  },
  {
    at: 'message/properties/$geoip_disable',
    theirs: true,
    ours: nothing,
    calls: ['an event with context'],
    reason:
      'The event has the address of the person, so PostHog may locate it. The SDK disables this for every event.',
  },
  {
    at: 'message/properties/$user_agent',
    theirs: USER_AGENT,
    ours: nothing,
    calls: ['an event with context'],
    reason: 'This package uses `$raw_user_agent`, the name in the browser SDK.',
  },
  {
    at: 'message/properties/$raw_user_agent',
    theirs: nothing,
    ours: USER_AGENT,
    calls: ['an event with context'],
    reason: 'This package uses `$raw_user_agent`, the name in the browser SDK.',
  },
  {
    at: 'message/properties/utm_*',
    theirs: nothing,
    calls: ['an event with context'],
    reason: 'The SDK has no campaign of a request. This package uses the names of the browser SDK.',
  },
];

export const posthog = {
  name: 'PostHog',
  sdk: 'posthog-node',
  answer: () => ({ body: { status: 'Ok' } }),
  records,
  startTheirs: (url) => start(url),
  ours: (url) => lib.posthog({ apiKey, host: url }),
  differences,
};

/** The newer API, which the SDK has behind an environment variable. */
export const posthogV1 = {
  ...posthog,
  name: 'PostHog, capture v1',
  answer: ({ body }) => ({
    body: { results: Object.fromEntries(JSON.parse(body).batch.map(({ uuid }) => [uuid, { result: 'ok' }])) },
  }),
  startTheirs(url) {
    process.env.POSTHOG_CAPTURE_MODE = 'v1';
    try {
      return start(url);
    } finally {
      delete process.env.POSTHOG_CAPTURE_MODE;
    }
  },
  ours: (url) => lib.posthog({ apiKey, host: url, capture: 'v1' }),
  differences: [
    ...differences.filter(({ at }) => !IN_PROPERTIES.has(at)),
    { at: 'headers/posthog-sdk-info', reason: 'Another library.' },
    {
      at: 'headers/posthog-request-id',
      reason: 'Each request has an id of its own, the same on each attempt.',
    },
    {
      at: 'message/options/process_person_profile',
      theirs: nothing,
      ours: false,
      calls: ['an event of a visitor'],
      reason: NO_PROFILE,
    },
  ],
};

function records({ body, ...request }) {
  const { batch, ...envelope } = JSON.parse(body);
  return batch.map((message) => ({ ...request, envelope, message }));
}

function start(url) {
  const client = new PostHog(apiKey, { host: url, flushAt: 1, fetchRetryCount: 0 });
  return {
    async send(call, uuid) {
      sendCall(client, call, uuid);
      await client.flush();
    },
    close: () => client.shutdown(),
  };
}

function sendCall(client, call, uuid) {
  const { name, properties, userId, anonymousId, timestamp, groups, groupId, groupType, context } = call;
  const distinctId = userId ?? anonymousId;
  switch (call.type) {
    case 'track':
      return client.capture({
        event: name,
        properties: { ...properties, ...(context && ofRequest(context)) },
        distinctId,
        timestamp,
        groups,
        uuid,
      });
    case 'identify':
      return client.identify({
        distinctId,
        properties: { $set: properties, ...(userId && anonymousId && { $anon_distinct_id: anonymousId }) },
      });
    case 'group':
      return client.groupIdentify({ groupType, groupKey: groupId, properties, distinctId });
    default:
      return client.alias({ distinctId: userId, alias: call.previousId });
  }
}

/** The names that the SDK's own interceptor for Nest uses. */
function ofRequest({ page, ip, userAgent }) {
  return { $current_url: page.url, $ip: ip, $user_agent: userAgent };
}
