import type { DestinationLimits } from '../destination.js';
import { badOption } from '../../config/check-option.js';
import { choice, credential, text } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/** The Graph API (vendor's Conversions API pages). */
const META_ENDPOINT = 'https://graph.facebook.com';

/** A version stops working about two years after its release. */
const META_API_VERSION = 'v24.0';

/** Up to 1,000 events in a request (third parties). Its bytes are not documented; these are far below what hosts accept. */
const META_LIMITS: DestinationLimits = {
  maxEvents: 1_000,
  maxBytes: 1_000_000,
  maxEventBytes: 256_000,
};

const HOUR_MS = 3_600_000;

/**
 * One event of more than 7 days makes Meta reject its whole request. An hour less, for the way of a request and for clocks
 * that differ.
 */
export const MAX_AGE_MS = 7 * 24 * HOUR_MS - HOUR_MS;

/** `event_id` and `event_name` are compared for 48 hours, also with the events of the browser's pixel. */
export const DEDUPLICATION_MS = 48 * HOUR_MS;

/** Where a conversion happened. `app` is missing: it requires data of the device that no server event has. */
export const ACTION_SOURCES = [
  'website',
  'system_generated',
  'email',
  'phone_call',
  'physical_store',
  'chat',
  'other',
] as const;

const DATASET = 'the id of your Meta dataset (pixel), digits only';
const VERSION = 'a version of the Graph API, such as `v24.0`';

export const metaOptions = destinationOptions(
  { kind: 'meta', limits: META_LIMITS },
  {
    /** The id of the dataset (pixel), from Events Manager. */
    datasetId: text(DATASET, (path, value) => {
      if (!/^\d+$/.test(value as string)) throw badOption(path, value, DATASET);
    }).required(),
    /**
     * An access token for the Conversions API of this dataset, from Events Manager. It is sent in the body of requests, never in
     * a URL.
     */
    accessToken: credential('an access token for the Conversions API, a non-empty string').required(),
    /**
     * The version of the Graph API. Meta ends each version about two years after its release.
     * See docs/meta.md#api-version.
     * @default 'v24.0'
     */
    apiVersion: text(VERSION, (path, value) => {
      if (!/^v\d{1,3}\.\d$/.test(value as string)) throw badOption(path, value, VERSION);
    }).default(META_API_VERSION),
    /**
     * Shows the events under "Test events" in Events Manager. Leave it out in production.
     * @default none
     */
    testEventCode: text(),
    /**
     * Where conversions happen. An event without a page URL and a user agent is sent as `system_generated` in place of `website`.
     * See docs/meta.md#website-events.
     * @default 'website'
     */
    actionSource: choice(...ACTION_SOURCES).default('website'),
    /**
     * Base URL of the Graph API, such as a proxy; `/<version>/<dataset>/events` is added to it.
     * @default 'https://graph.facebook.com'
     */
    endpoint: baseUrl({
      paths: '/<version>/<dataset>/events',
      inPlaceOfUser: 'Meta takes the token from `accessToken` only',
    }).default(META_ENDPOINT),
  },
);

/** Options of `meta()`. */
export interface MetaOptions extends DestinationOptions, OptionsOf<typeof metaOptions.own> {}
