import { badChoice } from '../../config/check-option.js';
import { choice, credential, flag, text } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';
import { V1_HEADERS } from './capture-v1.js';

/**
 * Larger events are discarded after the 200 (1 MB, vendor's documentation). Less, because the stored form is longer: names of
 * properties are added, and the event's JSON is escaped once more.
 */
const MAX_EVENT_BYTES = 800_000;

/** 20 MB for a request before compression (server source). No limit of events is documented. */
const BATCH = { maxEvents: 10_000, maxBytes: 20_000_000, maxEventBytes: MAX_EVENT_BYTES };

/** 10 MB after compression (server source), applied before compression here. */
const V1 = { ...BATCH, maxBytes: 10_000_000 };

export const posthogOptions = destinationOptions(
  ({ capture }) =>
    capture === 'v1'
      ? { kind: 'posthog', limits: V1, reservedHeaders: V1_HEADERS }
      : { kind: 'posthog', limits: BATCH },
  {
    /**
     * The project's token, from its settings, such as `phc_…`. It selects the project.
     *
     * The browser library shows it to every visitor, so it can only write. It is treated as a secret all the same.
     */
    apiKey: credential('the token of your PostHog project, such as phc_…').required(),
    /**
     * The region of the project in PostHog Cloud. Either this or `host` is required.
     *
     * The other region answers 200 to the token and drops the events.
     * @default none
     */
    region: choice('us', 'eu'),
    /**
     * Base URL of your own PostHog, or of a proxy in front of PostHog. The paths are added to it.
     * @default none
     */
    host: baseUrl('/batch/ and /i/v1/analytics/events', 'PostHog takes the token from `apiKey` only'),
    /**
     * The API: `/batch/`, or `/i/v1/analytics/events`, which names the outcome of each event and is not final yet.
     * See docs/posthog.md#v1.
     * @default 'batch'
     */
    capture: choice('batch', 'v1').default('batch'),
    /**
     * The type of the group for a `group()` without a `groupType`, such as `company`. Without it, such a call is declined
     * (`unsupported`).
     *
     * PostHog keeps at most five types and deletes none, so no type is assumed.
     * @default none
     */
    groupType: text('the name of a type of groups, such as company'),
    /**
     * True: an `identify()` with both ids merges them in PostHog, as the browser library does.
     * See docs/posthog.md#join.
     *
     * A merge cannot be undone. False: only `alias()` merges.
     * @default true
     */
    join: flag().default(true),
    /**
     * Compresses request bodies, off the main thread.
     * @default true
     */
    gzip: flag().default(true),
  },
  (path, { region, host }, { credentials }) => {
    const isMissing = region === undefined && host === undefined;
    if (isMissing ? credentials : region !== undefined && host !== undefined) {
      throw badChoice(
        `${path}.region`,
        region,
        isMissing
          ? "'us' or 'eu', or else the option `host`: exactly one of the two"
          : 'no value, because `host` is set: exactly one of the two',
      );
    }
  },
);

/** Options of `posthog()`. */
export interface PosthogOptions extends DestinationOptions, OptionsOf<typeof posthogOptions.own> {}
