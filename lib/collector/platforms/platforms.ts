import type { CollectorPlatform } from '../platform.js';
import { posthog } from './posthog/posthog.js';
import { segment } from './segment.js';

/** All platforms, in the order of the page. */
export const PLATFORMS: readonly CollectorPlatform[] = [segment, posthog];
