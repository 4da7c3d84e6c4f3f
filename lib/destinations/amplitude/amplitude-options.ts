import { choice, credential, flag, text } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/** 2,000 events and 1 MB (HTTP V2 page) or 20 MB (batch page). */
const MAX_EVENTS = 2_000;
const MAX_BYTES = { 'http-v2': 1_000_000, batch: 20_000_000 };
/** No limit of one event is documented. This one leaves room for Amplitude's longer names in a batch of the default size. */
const MAX_EVENT_BYTES = 500_000;

/** Characters of any text. The effect of a longer one is unconfirmed. */
export const MAX_TEXT = 1_024;

export const amplitudeOptions = destinationOptions(
  ({ api }) => ({
    kind: 'amplitude',
    limits: { maxEvents: MAX_EVENTS, maxBytes: MAX_BYTES[api], maxEventBytes: MAX_EVENT_BYTES },
  }),
  {
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
    endpoint: baseUrl('/2/httpapi and /batch', 'Amplitude takes the key from `apiKey` only'),
  },
);

/** Options of `amplitude()`. */
export interface AmplitudeOptions extends DestinationOptions, OptionsOf<typeof amplitudeOptions.own> {}
