import { credential, flag } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/** Jitsu adds the headers of the request to each event, and then accepts 1,000,000 bytes. A request has no limit. */
const LIMITS = { maxEvents: 5_000, maxBytes: 4_000_000, maxEventBytes: 950_000 };

export const jitsuOptions = destinationOptions(
  { kind: 'jitsu', limits: LIMITS, reservedHeaders: ['authorization', 'x-write-key'] },
  {
    /** A server-to-server write key of the site, in the form `keyId:secret`. */
    writeKey: credential('a server-to-server write key of your Jitsu site, a non-empty string').required(),
    /** URL of your Jitsu's ingest endpoint, such as `https://data.example.com`; `/api/s/s2s/batch` is added to it. */
    host: baseUrl('/api/s/s2s/batch', 'Jitsu takes the key from `writeKey` only').required(),
    /**
     * Compresses request bodies, off the main thread.
     * @default false
     */
    gzip: flag().default(false),
  },
);

/** Options of `jitsu()`. */
export interface JitsuOptions extends DestinationOptions, OptionsOf<typeof jitsuOptions.own> {}
