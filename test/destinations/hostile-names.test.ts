import { expect, test } from '@jest/globals';
import { amplitude } from '../../lib/destinations/amplitude/amplitude.js';
import { customerio } from '../../lib/destinations/customerio/customerio.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { jitsu } from '../../lib/destinations/jitsu/jitsu.js';
import { mixpanel } from '../../lib/destinations/mixpanel/mixpanel.js';
import { posthog } from '../../lib/destinations/posthog/posthog.js';
import { rudderstack } from '../../lib/destinations/rudderstack/rudderstack.js';
import { segment } from '../../lib/destinations/segment/segment.js';
import type { JsonObject } from '../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from './an-event.js';

const writeKey = 'a-write-key';
const ALL: Record<string, Destination> = {
  amplitude: amplitude({ apiKey: writeKey }),
  customerio: customerio({ writeKey, region: 'us', objectTypes: { company: '1' } }),
  jitsu: jitsu({ writeKey, host: 'https://jitsu.example' }),
  mixpanel: mixpanel({ token: writeKey, region: 'us' }),
  'posthog, batch': posthog({ apiKey: writeKey, region: 'us' }),
  'posthog, v1': posthog({ apiKey: writeKey, region: 'us', capture: 'v1' }),
  rudderstack: rudderstack({ writeKey, dataPlaneUrl: 'https://rudder.example' }),
  segment: segment({ writeKey, region: 'us' }),
};
/** Names of members with a meaning on some platform, as a client might send them. */
// prettier-ignore
const NAMES = [
  'userId', 'anonymousId', 'previousId', 'messageId', 'groupId', 'event', 'type', 'timestamp', 'context', 'integrations',
  'distinct_id', '$distinct_id', '$user_id', '$device_id', '$anon_distinct_id', 'alias', '$insert_id', '$groups', 'uuid',
  'time', 'token', '$token', 'api_key', 'user_id', 'device_id', 'insert_id', 'event_type', 'groups', 'session_id', 'library',
  '__proto__', 'constructor', 'toJSON',
];
const HOSTILE = Object.fromEntries(NAMES.map((name) => [name, 'hostile'])) as JsonObject;
const GROUP = { groupId: 'acme', groupType: 'company' };

test.each(Object.entries(ALL))('no property or trait takes the place of a member of %s', (_, destination) => {
  for (const type of ['track', 'identify', 'group'] as const) {
    const bodyOf = (properties: JsonObject): unknown => {
      const event = anEvent({
        id: '0198c2a0-1111-7a11-8111-000000000001',
        type,
        anonymousId: 'visitor',
        groups: { company: 'acme' },
        properties,
        ...(type === 'group' && GROUP),
      });
      const { body } = destination.encode([inLane(event)], { now: NEW_YEAR, number: 1 });
      return JSON.parse(body as string);
    };
    expect(bodyOf({ plan: 'pro', ...HOSTILE })).toMatchObject(bodyOf({ plan: 'pro' }) as object);
  }
});
