import { choice, credential, text, textLike } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/** Up to 1,000 events in a request (third parties). Its bytes are not documented; these are far below what hosts accept. */
const LIMITS = { maxEvents: 1_000, maxBytes: 1_000_000, maxEventBytes: 256_000 };

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

export const metaOptions = destinationOptions(
  { kind: 'meta', limits: LIMITS },
  {
    /** The id of the dataset (pixel), from Events Manager. */
    datasetId: textLike(/^\d+$/, 'the id of your Meta dataset (pixel), digits only').required(),
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
    apiVersion: textLike(/^v\d{1,3}\.\d$/, 'a version of the Graph API, such as `v24.0`').default('v24.0'),
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
    endpoint: baseUrl('/<version>/<dataset>/events', 'Meta takes the token from `accessToken` only').default(
      'https://graph.facebook.com',
    ),
  },
);

/** Options of `meta()`. */
export interface MetaOptions extends DestinationOptions, OptionsOf<typeof metaOptions.own> {}
