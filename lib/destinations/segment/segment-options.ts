import { choice, credential, flag } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { HOSTED_LIMITS } from '../segment-protocol/protocol-destination.js';
import { baseUrl } from '../url-options.js';

/** Of a larger batch, Segment drops the surplus and answers 200. */
const MAX_EVENTS = 2_500;

export const segmentOptions = destinationOptions(
  {
    kind: 'segment',
    limits: { ...HOSTED_LIMITS, maxEvents: MAX_EVENTS },
    reservedHeaders: ['authorization'],
  },
  {
    /** The write key of the source, from its settings. */
    writeKey: credential('the write key of your Segment source, a non-empty string').required(),
    /**
     * The region of the workspace. The host of the other region answers 200, and the events are lost.
     */
    region: choice('us', 'eu').required(),
    /**
     * Base URL in place of the region's host, such as a proxy; `/v1/batch` is added to it.
     * @default by region
     */
    endpoint: baseUrl('/v1/batch', 'Segment takes the key from `writeKey` only'),
    /**
     * Compresses request bodies, off the main thread.
     * @default false
     */
    gzip: flag().default(false),
  },
);

/** Options of `segment()`. */
export interface SegmentOptions extends DestinationOptions, OptionsOf<typeof segmentOptions.own> {}
