import { expect, test } from '@jest/globals';
import { amplitude } from '../../lib/destinations/amplitude/amplitude.js';
import { customerio } from '../../lib/destinations/customerio/customerio.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { googleAnalytics } from '../../lib/destinations/google-analytics/google-analytics.js';
import { jitsu } from '../../lib/destinations/jitsu/jitsu.js';
import { meta } from '../../lib/destinations/meta/meta.js';
import { mixpanel } from '../../lib/destinations/mixpanel/mixpanel.js';
import { posthog } from '../../lib/destinations/posthog/posthog.js';
import { rudderstack } from '../../lib/destinations/rudderstack/rudderstack.js';
import { segment } from '../../lib/destinations/segment/segment.js';
import { snowplow } from '../../lib/destinations/snowplow/snowplow.js';
import { anEvent, inLane } from './an-event.js';
import { outcomesOf } from './outcomes-of.js';

const endpoint = 'https://app.example';
const ALL: Record<string, Destination> = {
  amplitude: amplitude({ apiKey: 'a-key', endpoint }),
  customerio: customerio({ writeKey: 'a-key', region: 'us', endpoint }),
  googleAnalytics: googleAnalytics({ measurementId: 'G-1', apiSecret: 'a-secret', endpoint }),
  jitsu: jitsu({ writeKey: 'a-key', host: endpoint }),
  meta: meta({ datasetId: '1', accessToken: 'a-token', apiVersion: 'v24.0', endpoint }),
  mixpanel: mixpanel({ token: 'a-token', region: 'us', endpoint }),
  posthog: posthog({ apiKey: 'a-key', host: endpoint }),
  rudderstack: rudderstack({ writeKey: 'a-key', dataPlaneUrl: endpoint }),
  segment: segment({ writeKey: 'a-key', region: 'us', endpoint }),
  snowplow: snowplow({ collector: endpoint, appId: 'shop', namespace: 'a' }),
};
const BATCH = [inLane(anEvent()), inLane(anEvent())];
const PAGE = {
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '\n<!doctype html><title>Sign in</title>',
};

test.each(Object.entries(ALL))(
  'a web page with status 200 comes from another host than that of %s: the lane parks and keeps its events',
  (_, destination) => {
    for (const status of [200, 202])
      expect(outcomesOf(destination, { status, ...PAGE }, BATCH)).toEqual(['park', 'park']);
    expect(outcomesOf(destination, { status: 502, ...PAGE }, BATCH)).toEqual(['retry', 'retry']);
  },
);

test.each(Object.entries(ALL))('a text that is only named a page does not park %s', (_, destination) => {
  const answer = { status: 200, headers: { 'content-type': 'text/html' }, body: 'ok' };
  expect(outcomesOf(destination, answer, BATCH)).toEqual(['delivered', 'delivered']);
});
