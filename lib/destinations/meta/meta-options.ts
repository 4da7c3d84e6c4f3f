import { badOption } from '../../config/check-option.js';
import { choice, credential, text } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions } from '../destination-options.js';
import type { DestinationOptions } from '../shared-options.js';
import { baseUrl } from '../url-options.js';
import { ACTION_SOURCES, META_API_VERSION, META_ENDPOINT, META_LIMITS } from './meta-limits.js';

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
