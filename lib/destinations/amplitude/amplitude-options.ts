import type { DestinationLimits } from '../destination.js';
import { choice, credential, flag, text } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/** Hosts by region (vendor's HTTP V2 and batch pages). */
export const AMPLITUDE_HOSTS: Readonly<Record<string, string>> = {
  us: 'https://api2.amplitude.com',
  eu: 'https://api.eu.amplitude.com',
};

export const AMPLITUDE_PATHS: Readonly<Record<string, string>> = { 'http-v2': '/2/httpapi', batch: '/batch' };

/** No limit of one event is documented. This one leaves room for Amplitude's longer names in a batch of the default size. */
const EVENT: Pick<DestinationLimits, 'maxEvents' | 'maxEventBytes'> = {
  maxEvents: 2_000,
  maxEventBytes: 500_000,
};

/** 1 MB and 2,000 events (HTTP V2 page). */
const HTTP_V2_LIMITS: DestinationLimits = { ...EVENT, maxBytes: 1_000_000 };

/** 20 MB and 2,000 events (batch page). */
const BATCH_LIMITS: DestinationLimits = { ...EVENT, maxBytes: 20_000_000 };

/** Characters of any text. The effect of a longer one is unconfirmed. */
export const MAX_TEXT = 1_024;

/** Types of groups that Amplitude tracks. It ignores further ones. */
export const MAX_GROUP_TYPES = 5;

/** A second event with the same `insert_id` is ignored for 7 days. */
export const DEDUPLICATION_MS = 7 * 86_400_000;

/** The pause for a throttled user or device, which the vendor asks for. There is no `Retry-After`. */
export const THROTTLED_MS = 30_000;

export const amplitudeRows = {
  /** The API key of the project, from its settings. */
  apiKey: credential('the API key of your Amplitude project, a non-empty string').required(),
  /**
   * The region of the project. Its key belongs to that region only.
   * @default 'us'
   */
  region: choice('us', 'eu').default('us'),
  /**
   * `'batch'` accepts more events of one person or device in a second: 1,000 in place of 30, at most 500,000 in a day.
   * See docs/amplitude.md#limits.
   * @default 'http-v2'
   */
  api: choice('http-v2', 'batch').default('http-v2'),
  /**
   * True: an event has both ids, so Amplitude joins the visitor's earlier events with the user. False: an event with a user id
   * has no device id. See docs/amplitude.md#identity-with-the-browser.
   *
   * A join cannot be undone. The vendor's browser SDK sends both ids, too.
   * @default true
   */
  join: flag().default(true),
  /**
   * The type of a `group()` without `groupType`.
   * @default 'company'
   */
  groupType: text().default('company'),
  /**
   * Compresses request bodies, off the main thread. The vendor's Node SDK does not.
   * @default false
   */
  gzip: flag().default(false),
  /**
   * Base URL in place of the region's, such as a proxy; `/2/httpapi` or `/batch` is added to it.
   * @default by region
   */
  endpoint: baseUrl({
    paths: '/2/httpapi and /batch',
    inPlaceOfUser: 'Amplitude takes the key from `apiKey` only',
  }),
};

const table = (limits: DestinationLimits) => destinationOptions({ kind: 'amplitude', limits }, amplitudeRows);
const httpV2 = table(HTTP_V2_LIMITS);
const batch = table(BATCH_LIMITS);

/** The options as given, with defaults and the limits of the API. */
export function amplitudeOptions(options: AmplitudeOptions): ReturnType<typeof httpV2.read> {
  return (httpV2.read(options).values.api === 'batch' ? batch : httpV2).read(options);
}

/** Options of `amplitude()`. */
export interface AmplitudeOptions extends DestinationOptions, OptionsOf<typeof amplitudeRows> {}
