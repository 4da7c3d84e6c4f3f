import type { CollectorPlatform } from '../platform.js';
import { amplitude } from './amplitude/amplitude.js';
import { customerio } from './customerio/customerio.js';
import { googleAnalytics } from './google-analytics/google-analytics.js';
import { jitsu } from './jitsu/jitsu.js';
import { kissmetrics } from './kissmetrics/kissmetrics.js';
import { meta } from './meta/meta.js';
import { mixpanel } from './mixpanel/mixpanel.js';
import { posthog } from './posthog/posthog.js';
import { rudderstack } from './rudderstack/rudderstack.js';
import { segment } from './segment/segment.js';
import { snowplow } from './snowplow/snowplow.js';
import { webhook } from './webhook/webhook.js';

/** All platforms, in the order of the page. */
export const PLATFORMS: readonly CollectorPlatform[] = [
  kissmetrics,
  segment,
  rudderstack,
  jitsu,
  customerio,
  posthog,
  mixpanel,
  amplitude,
  googleAnalytics,
  snowplow,
  meta,
  webhook,
];
