import { amplitude, amplitudeBatch } from './platforms/amplitude.mjs';
import { customerio } from './platforms/customerio.mjs';
import { meta } from './platforms/meta.mjs';
import { mixpanel, mixpanelOriginal } from './platforms/mixpanel.mjs';
import { posthog, posthogV1 } from './platforms/posthog.mjs';
import { rudderstack } from './platforms/rudderstack.mjs';
import { segment } from './platforms/segment.mjs';
import { snowplow } from './platforms/snowplow.mjs';

/** By the names of our destinations: every platform whose vendor has an SDK for servers. */
export const PLATFORMS = {
  segment,
  rudderstack,
  customerio,
  posthog,
  'posthog v1': posthogV1,
  mixpanel,
  'mixpanel original': mixpanelOriginal,
  amplitude,
  'amplitude batch': amplitudeBatch,
  snowplow,
  meta,
};
