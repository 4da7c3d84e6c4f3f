import { credential, flag } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/** A gateway accepts 4,000 KB by default. The traits of an `identify` are sent twice. */
const LIMITS = { maxEvents: 5_000, maxBytes: 1_900_000, maxEventBytes: 250_000 };

export const rudderstackOptions = destinationOptions(
  { kind: 'rudderstack', limits: LIMITS, reservedHeaders: ['authorization'] },
  {
    /** The write key of the source, from its settings. */
    writeKey: credential('the write key of your RudderStack source, a non-empty string').required(),
    /** URL of your data plane; `/v1/batch` is added to it. */
    dataPlaneUrl: baseUrl('/v1/batch', 'RudderStack takes the key from `writeKey` only').required(),
    /**
     * Compresses request bodies, off the main thread. A data plane before version 1.4 needs `false`.
     * @default true
     */
    gzip: flag().default(true),
  },
);

/** Options of `rudderstack()`. */
export interface RudderstackOptions extends DestinationOptions, OptionsOf<typeof rudderstackOptions.own> {}
