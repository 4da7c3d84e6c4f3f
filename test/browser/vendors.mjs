import { createHash } from 'node:crypto';
import * as library from '../../dist/esm/index.js';

const schema = (name) => `iglu:com.example/${name}/jsonschema/1-0-0`;
const isTrack = (_action, { kind }) => kind === 'track';

/**
 * The platforms. Names are those of our destinations.
 * - `ours`: options of the destination. `endpoint`: the one that has the collector's address, if it has another name.
 * - `sdk`: further settings of the SDK in the page; it also gets `ours`.
 * - `browser(action, event)`, `server(action, event)`: whether this side sends an event. Default: it does.
 * - `identify`: the event by which the SDK identifies a person, if it has another form.
 * - `nameOf(name)`: the name of an event at the platform. `userId(id)`: the id of a person there.
 * - `further(event, body)`: the ids other than the person's and the browser's, from the request as it came.
 * - `differs(event, ids)`: where our event does not have the ids of the browser's own, and why.
 * - `needsBrowser`: it declines events without the browser's id.
 * - `namesNobody`: the cookies have no user, so that the server cannot see that another person used the browser.
 */
export const VENDORS = [
  {
    name: 'kissmetrics',
    create: library.kissmetrics,
    ours: { apiKey: 'f'.repeat(40) },
  },
  {
    name: 'segment',
    create: library.segment,
    ours: { writeKey: 'example-segment-key', region: 'us' },
  },
  {
    name: 'rudderstack',
    create: library.rudderstack,
    ours: { writeKey: 'example-rudderstack-key' },
    endpoint: 'dataPlaneUrl',
    further({ id }, body) {
      const { context } = (body.batch ?? [body]).find(({ messageId }) => messageId === id);
      return { sessionId: context.sessionId };
    },
  },
  {
    name: 'posthog',
    create: library.posthog,
    ours: { apiKey: 'phc_exampleProjectToken' },
    endpoint: 'host',
    further({ id }, { batch }) {
      const { properties } = batch.find(({ uuid }) => uuid === id);
      return { sessionId: properties.$session_id };
    },
    differs({ kind }, { userId }) {
      // An identify has no session, as with PostHog's own SDK for servers.
      if (kind === 'identify') return { sessionId: null };
      // Only an identify names the browser beside the user: it merges the two.
      return userId === null ? {} : { anonymousId: null };
    },
  },
  {
    name: 'mixpanel',
    create: library.mixpanel,
    ours: { token: 'exampleMixpanelToken', region: 'us' },
    // It joins the two ids.
    identify: { kind: 'alias' },
    // A profile has one id. The other events name the device.
    differs: ({ kind }) => kind === 'identify' && { anonymousId: null },
  },
  {
    name: 'amplitude',
    create: library.amplitude,
    ours: { apiKey: 'abcdefghij0123456789abcdefghij01' },
    // Its reset makes a new device but keeps the session, so the second person has it, too.
    further: ({ id }, { events }) => ({
      sessionId: events.find(({ insert_id: insertId }) => insertId === id).session_id,
    }),
  },
  {
    name: 'googleAnalytics',
    create: library.googleAnalytics,
    ours: { measurementId: 'G-EXAMPLE123', apiSecret: 'example-api-secret' },
    browser: () => false,
    server: isTrack,
    nameOf: (name) => name.replaceAll(' ', '_'),
    further: (_event, { events: [{ params }] }) => ({ sessionId: String(params.session_id) }),
    needsBrowser: true,
    namesNobody: true,
  },
  {
    name: 'snowplow',
    create: library.snowplow,
    ours: {
      appId: 'shop',
      namespace: 'server',
      schemas: {
        'Order Completed': schema('order_completed'),
        'Signed In': schema('signed_in'),
        'Signed Up': schema('signed_up'),
      },
    },
    endpoint: 'collector',
    sdk: {
      schemas: {
        'Checkout Started': schema('checkout_started'),
        'Person Named': schema('person_named'),
      },
    },
    // Its tracker has no call about a person: each event names the user.
    identify: { kind: 'track', name: 'Person Named' },
    server: isTrack,
    nameOf: (name) => name.toLowerCase().replaceAll(' ', '_'),
    further: ({ id }, { data }) => ({ sessionId: data.find(({ eid }) => eid === id).sid }),
    namesNobody: true,
  },
  {
    name: 'meta',
    create: library.meta,
    ours: { datasetId: '1234567', accessToken: 'example-access-token', apiVersion: 'v25.0' },
    browser: () => false,
    server: isTrack,
    userId: (id) => createHash('sha256').update(id).digest('hex'),
    further: ({ id }, { data }) => ({
      clickId: data.find(({ event_id: eventId }) => eventId === id).user_data.fbc,
    }),
    namesNobody: true,
  },
];
