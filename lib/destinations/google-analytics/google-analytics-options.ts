import type { TrackingEvent } from '../../event/tracking-event.js';
import { callback, choice, credential, textLike } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/**
 * 25 events of one client in a request. The body's limit of 130 kB is unconfirmed. The platform's form of an event is shorter than
 * the event's own JSON, but for the fields that are added.
 */
const LIMITS = { maxEvents: 25, maxBytes: 130_000, maxEventBytes: 120_000 };

/** In practice a request has one event, because the next event in the queue belongs to another client. */
const CONCURRENCY = 32;

export const googleAnalyticsOptions = destinationOptions(
  { kind: 'googleAnalytics', limits: LIMITS, concurrency: CONCURRENCY },
  {
    /**
     * The measurement ID of the web data stream, such as `G-ABC123`.
     *
     * It is not the stream ID. Google answers a wrong one with success and drops the events.
     */
    measurementId: textLike(
      /^G-[\w-]+$/i,
      'the measurement ID of a web data stream, such as `G-ABC123`',
    ).required(),
    /**
     * An API secret of the same stream (Admin, Data streams, Measurement Protocol API secrets).
     *
     * Google takes it from the URL only. The package never logs or stores the URL; a proxy or a network monitor may.
     */
    apiSecret: credential('an API secret of the data stream, a non-empty string').required(),
    /**
     * `'eu'` collects in the European Union.
     * @default 'global'
     */
    region: choice('global', 'eu').default('global'),
    /**
     * Base URL in place of the region's, such as a proxy; `/mp/collect` is added to it. See
     * docs/google-analytics.md#check-your-events.
     * @default by region
     */
    endpoint: baseUrl('/mp/collect', 'Google takes the secret from `apiSecret` only'),
    /**
     * The client id of an event that has neither the cookie `_ga` nor an `anonymousId`: a synchronous function. Such an
     * event is declined (`no_identity`) without it, or if it returns `undefined`. See
     * docs/google-analytics.md#events-without-a-browser.
     *
     * It runs once, when the event is accepted; the result is stored.
     * @default none
     */
    clientId: callback<(event: TrackingEvent) => string | undefined>(),
  },
);

/** Options of `googleAnalytics()`. */
export interface GoogleAnalyticsOptions
  extends DestinationOptions, OptionsOf<typeof googleAnalyticsOptions.own> {}
