import { callback, flag, text } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';
import { schemas, type SnowplowContexts } from './self-describing.js';

/**
 * Above 1 MB the collector answers 200 and makes a bad row. An event is longer in its record than in its JSON: base64 adds a third,
 * and JSON within a text at most doubles.
 */
const LIMITS = { maxEvents: 500, maxBytes: 1_000_000, maxEventBytes: 240_000 };

export const snowplowOptions = destinationOptions(
  { kind: 'snowplow', limits: LIMITS, reservedHeaders: ['sp-anonymous'] },
  {
    /**
     * Base URL of the collector; `/com.snowplowanalytics.snowplow/tp2` is added to it.
     */
    collector: baseUrl(
      '/com.snowplowanalytics.snowplow/tp2',
      'send it in `headers` as `authorization`',
    ).required(),
    /** The application, `app_id` of its events. */
    appId: text().required(),
    /** The name of the tracker, `name_tracker` of its events. */
    namespace: text().required(),
    /**
     * The schemas of events: Iglu URIs by event name. Events without a schema are declined (`unsupported`).
     * See docs/snowplow.md#schemas.
     * @default none
     */
    schemas: schemas(),
    /**
     * Returns the entities of an event, such as its company: a synchronous function. See docs/snowplow.md#entities.
     *
     * It runs for every attempt: return the same for the same event. An event for which it throws becomes a dead letter
     * (`encode_error`).
     * @default none
     */
    contexts: callback<SnowplowContexts>(),
    /**
     * Sends events and entities in base64, as the vendor's trackers do. False: as JSON, which is a quarter shorter.
     * @default true
     */
    encodeBase64: flag().default(true),
  },
);

/** Options of `snowplow()`. */
export interface SnowplowOptions extends DestinationOptions, OptionsOf<typeof snowplowOptions.own> {}
