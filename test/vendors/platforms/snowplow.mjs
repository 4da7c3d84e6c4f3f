import { buildSelfDescribingEvent, newTracker } from '@snowplow/node-tracker';
import { CALLS } from '../calls.mjs';
import * as lib from '../../../lib/index.js';
import { anId, nothing } from '../differences.mjs';

const settings = { appId: 'shop', namespace: 'ns1' };

const schemaOf = (name) =>
  `iglu:com.example/${name.toLowerCase().replaceAll(/[^a-z]+/g, '_')}/jsonschema/1-0-0`;
const schemas = Object.fromEntries(
  CALLS.filter(({ type }) => type === 'track').map(({ name }) => [name, schemaOf(name)]),
);

export const snowplow = {
  name: 'Snowplow',
  sdk: '@snowplow/node-tracker',
  answer: () => ({ type: 'text/plain', body: 'ok' }),
  records({ body, ...request }) {
    const { data, ...envelope } = JSON.parse(body);
    return data.map((message) => ({ ...request, envelope, message: withJson(message) }));
  },
  startTheirs(endpoint) {
    return {
      async send(call) {
        if (call.type !== 'track') return false;
        // A tracker each: its ids are state, and hold for every later event.
        const tracker = newTracker(settings, { endpoint, bufferSize: 1 });
        if (call.userId) tracker.setUserId(call.userId);
        if (call.anonymousId) tracker.setDomainUserId(call.anonymousId);
        setContext(tracker, call.context);
        const event = buildSelfDescribingEvent({
          event: { schema: schemas[call.name], data: call.properties },
        });
        tracker.track(event, undefined, call.timestamp?.getTime());
        await tracker.flush();
      },
      close() {},
    };
  },
  ours: (url) => lib.snowplow({ collector: url, ...settings, schemas }),
  differences: [
    { at: 'message/tv', reason: 'Another library.' },
    {
      at: 'message/eid',
      theirs: anId,
      ours: anId,
      reason:
        'The SDK makes an id for each event and accepts none. This package sends the id of the event, the same on each attempt.',
    },
    {
      at: 'headers/sp-anonymous',
      theirs: nothing,
      ours: '*',
      reason:
        'The collector would store the address of the server as that of the person. With the header, it stores none.',
    },
  ],
};

function setContext(tracker, context) {
  if (!context) return;
  tracker.setIpAddress(context.ip);
  tracker.setUseragent(context.userAgent);
  tracker.setLang(context.locale);
  tracker.addPayloadPair('url', context.page.url);
  tracker.addPayloadPair('page', context.page.title);
  tracker.addPayloadPair('refr', context.page.referrer);
}

/** The event and its entities as JSON, whether they came as text or in base64. */
function withJson({ ue_px, ue_pr, cx, co, ...rest }) {
  return {
    ...rest,
    ...jsonOf('event', ue_px, ue_pr),
    ...jsonOf('entities', cx, co),
  };
}

function jsonOf(name, encoded, plain) {
  if (encoded !== undefined) {
    return {
      [name]: { form: 'base64', json: JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')) },
    };
  }
  return plain === undefined ? {} : { [name]: { form: 'text', json: JSON.parse(plain) } };
}
