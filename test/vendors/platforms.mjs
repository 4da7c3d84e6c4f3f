import { amplitude } from './platforms/amplitude.mjs';
import { segment } from './platforms/segment.mjs';

/** By the names of our destinations: every platform whose vendor has an SDK for servers. */
export const PLATFORMS = { segment, amplitude };
