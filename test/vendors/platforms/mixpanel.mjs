import Mixpanel from 'mixpanel';
import { promisify } from 'node:util';
import * as lib from '../../../lib/index.js';
import { anId, nothing, timeOfTheCall } from '../differences.mjs';

const token = 'PROJECT_TOKEN_OF_32_CHARACTERS_0';

const platform = {
  sdk: 'mixpanel',
  answer: ({ path, query, body }) => {
    if (path !== '/import')
      return query.verbose === '1' ? { body: { status: 1, error: null } } : { type: 'text/plain', body: '1' };
    // The SDK accepts no other answer as a success.
    if (query.strict !== '1') return { type: 'text/plain', body: '1' };
    return { body: { code: 200, num_records_imported: JSON.parse(body).length, status: 'OK' } };
  },
  /** The SDK sends one event as base64 in the query or a form; the API accepts both and JSON. */
  records({ body, query: { data: inQuery, ...query }, ...request }) {
    const { form, data } = bodyOf(body, inQuery);
    return [data].flat().map((message) => ({ ...request, query, form, message }));
  },
  startTheirs(url) {
    const { hostname, port } = new URL(url);
    const mixpanelClient = Mixpanel.init(token, {
      protocol: 'http',
      host: hostname,
      port: Number(port),
      key: token,
    });
    return { send: (call, id) => sendCall(mixpanelClient, call, id), close() {} };
  },
};

const differences = [
  {
    at: 'method',
    theirs: 'GET',
    ours: 'POST',
    reason:
      'The SDK sends an event in the URL, where access logs keep it. This package sends a body with many events.',
  },
  { at: 'form', theirs: 'base64 in the query', ours: 'JSON', reason: 'As for the method.' },
  { at: 'headers/content-type', theirs: nothing, ours: 'application/json', reason: 'As for the method.' },
  {
    at: 'query/api_key',
    theirs: token,
    ours: nothing,
    reason: 'A deprecated parameter. This package sends credentials in a header, never in the URL.',
  },
  {
    at: 'headers/authorization',
    theirs: nothing,
    ours: `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
    reason: 'Credentials in a header, never in the URL. The SDK does the same with a service account.',
  },
  {
    at: 'message/properties/token',
    theirs: token,
    ours: nothing,
    reason: 'The header selects the project.',
  },
  {
    at: 'query/strict',
    theirs: nothing,
    ours: '1',
    reason: 'The SDK accepts that Mixpanel drops a bad event silently. With `strict`, Mixpanel names it.',
  },
  {
    at: 'query/verbose',
    theirs: '0',
    reason: 'This package asks for the reason in the answer. `/import` always has it.',
  },
  {
    at: 'query/ip',
    theirs: '0',
    ours: nothing,
    reason: '`/import` has no such parameter. This package sends the property `ip` instead.',
  },
  {
    at: 'message/properties/ip',
    theirs: nothing,
    ours: 0,
    reason:
      'Keeps the address of the server out of the location of a person. The SDK sends the parameter `ip=0` for that.',
  },
  { at: 'message/properties/mp_lib', theirs: 'node', reason: 'Another library.' },
  { at: 'message/properties/$lib_version', reason: 'Another library.' },
  {
    at: '**',
    ours: nothing,
    calls: ['a group without traits'],
    reason: 'Mixpanel has no membership: a group without traits changes nothing, and is declined.',
  },
  {
    at: 'declined',
    theirs: nothing,
    ours: 'unsupported',
    calls: ['a group without traits'],
    reason: 'A group without traits is declined, as in the entry above.',
  },
];

export const mixpanel = {
  ...platform,
  startTheirs: (url) => start(url, simplifiedIds),
  name: 'Mixpanel',
  ours: (url) => lib.mixpanel({ token, region: 'us', endpoint: url }),
  differences: [
    ...differences,
    {
      at: '**',
      calls: ['an alias'],
      reason: 'A project with simplified identity ignores aliases. An event with both ids joins them.',
    },
  ],
};

export const mixpanelOriginal = {
  ...platform,
  startTheirs: (url) => start(url, originalIds),
  name: 'Mixpanel, original identity',
  ours: (url) => lib.mixpanel({ token, region: 'us', endpoint: url, identity: 'original' }),
  differences: [
    ...differences,
    {
      at: 'path',
      theirs: '/track',
      ours: '/import',
      calls: ['an alias'],
      reason: 'Mixpanel accepts `$merge` at `/import` only.',
    },
    {
      at: 'message/event',
      theirs: '$create_alias',
      ours: '$merge',
      calls: ['an alias'],
      reason: '`$create_alias` works for a new id only. `$merge` joins two ids that both have events.',
    },
    {
      at: 'message/properties/alias',
      ours: nothing,
      calls: ['an alias'],
      reason: 'A member of `$create_alias`.',
    },
    {
      at: 'message/properties/$distinct_ids/*',
      theirs: nothing,
      calls: ['an alias'],
      reason: 'A member of `$merge`.',
    },
    {
      at: 'message/properties/time',
      theirs: nothing,
      ours: timeOfTheCall,
      calls: ['an alias'],
      reason: 'The SDK sends no time of an alias.',
    },
    {
      at: 'message/properties/$insert_id',
      theirs: nothing,
      ours: anId,
      calls: ['an alias'],
      reason: 'The SDK sends no id of an alias. With an id, Mixpanel recognises a repeat.',
    },
  ],
};

function bodyOf(body, inQuery) {
  if (inQuery !== undefined) return { form: 'base64 in the query', data: decoded(inQuery) };
  if (body.startsWith('data=')) return { form: 'base64 in a form', data: decoded(body.slice(5)) };
  return { form: 'JSON', data: JSON.parse(body) };
}

function decoded(text) {
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
}

function start(url, idsOf) {
  const { hostname, port } = new URL(url);
  const client = Mixpanel.init(token, {
    protocol: 'http',
    host: hostname,
    port: Number(port),
    // Without TLS it accepts no other credentials, and warns about these.
    key: token,
    logger: { ...console, warn() {} },
  });
  return { send: (call, id) => sendCall(client, call, { ...idsOf(call), $insert_id: id }), close() {} };
}

/** As Mixpanel's pages show it for servers: the ids are properties that the caller sets. */
function simplifiedIds({ userId, anonymousId }) {
  return {
    distinct_id: userId ?? `$device:${anonymousId}`,
    ...(userId && { $user_id: userId }),
    ...(anonymousId && { $device_id: anonymousId }),
  };
}

function originalIds({ userId, anonymousId }) {
  return { distinct_id: userId ?? anonymousId };
}

function sendCall(client, call, ids) {
  const { name, properties, userId, timestamp = new Date(), groups, groupId, groupType, context } = call;
  switch (call.type) {
    case 'track':
      return promisify(client.import)(name, timestamp, {
        ...properties,
        ...groups,
        ...ids,
        ...(context && ofRequest(context)),
      });
    case 'identify':
      return promisify(client.people.set.bind(client.people))(ids.distinct_id, { ...properties }, {});
    case 'group':
      return promisify(client.groups.set.bind(client.groups))(groupType, groupId, { ...properties }, {});
    default:
      return promisify(client.alias)(userId, call.previousId);
  }
}

/** The names that Mixpanel documents for what its browser SDK sends. */
function ofRequest({ page, ip, campaign }) {
  return {
    ip,
    $current_url: page.url,
    $referrer: page.referrer,
    ...Object.fromEntries(Object.entries(campaign).map(([name, value]) => [utm(name), value])),
  };
}

function utm(name) {
  return name === 'name' ? 'utm_campaign' : `utm_${name}`;
}
