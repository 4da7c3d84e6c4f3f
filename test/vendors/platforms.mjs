import { amplitude } from './platforms/amplitude.mjs';
import { posthog, posthogV1 } from './platforms/posthog.mjs';
import { segment } from './platforms/segment.mjs';

/** By the names of our destinations: every platform whose vendor has an SDK for servers. */
export const PLATFORMS = { segment, posthog, 'posthog v1': posthogV1, amplitude };
