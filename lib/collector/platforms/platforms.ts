import type { CollectorPlatform } from '../platform.js';
import { kissmetrics } from './kissmetrics/kissmetrics.js';
import { mixpanel } from './mixpanel/mixpanel.js';
import { posthog } from './posthog/posthog.js';
import { rudderstack } from './rudderstack/rudderstack.js';
import { segment } from './segment/segment.js';

/** All platforms, in the order of the page. */
export const PLATFORMS: readonly CollectorPlatform[] = [kissmetrics, segment, rudderstack, posthog, mixpanel];
