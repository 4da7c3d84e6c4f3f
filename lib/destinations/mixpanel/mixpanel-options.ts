import { choice, credential, flag, members, text } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';
import { baseUrl } from '../url-options.js';

/**
 * 2,000 events and 10 MB in a request, and 1 MB for one event, uncompressed. An example of a 413 in the documentation names a limit
 * of 2,097,152 bytes for a request: a request below both is never rejected for its size. An event's form here repeats
 * its ids, so its own limit has a margin.
 */
const LIMITS = { maxEvents: 2_000, maxBytes: 2_000_000, maxEventBytes: 980_000 };

/** Parallel senders that the vendor recommends: 10 to 20. */
const CONCURRENCY = 10;

export const serviceAccountRows = {
  /** The service account's user name. */
  username: text('the user name of a service account, a non-empty string').required(),
  /** The service account's secret. Keep it secret. */
  secret: credential('the secret of the service account, a non-empty string').required(),
  /** The id of the project, from its settings. Must be the project of `token`. */
  projectId: text('the id of the project as a text, such as `2195193`').required(),
};

/** A service account of Mixpanel. */
export interface MixpanelServiceAccountOptions extends OptionsOf<typeof serviceAccountRows> {}

export const mixpanelOptions = destinationOptions(
  {
    kind: 'mixpanel',
    limits: LIMITS,
    concurrency: CONCURRENCY,
    reservedHeaders: ['authorization'],
  },
  {
    /**
     * The project's token, from its settings.
     *
     * It allows writing only, but to anyone who has it. Keep it secret.
     */
    token: credential('the token of your Mixpanel project, a non-empty string').required(),
    /**
     * Where the project's data is stored. Mixpanel loses events that are sent to another region.
     */
    region: choice('us', 'eu', 'in').required(),
    /**
     * Authenticates events with a service account in place of the token. See docs/mixpanel.md#service-account.
     * @default the token
     */
    serviceAccount: members<MixpanelServiceAccountOptions>(serviceAccountRows),
    /**
     * The project's ID management, from its settings: `'simplified'` or `'original'` ID merge.
     * See docs/mixpanel.md#identity-with-the-browser.
     *
     * With `'original'`, `alias()` merges two ids, which cannot be undone. With `'simplified'`, it is declined: Mixpanel has no
     * such call.
     * @default 'simplified'
     */
    identity: choice('simplified', 'original').default('simplified'),
    /**
     * True: an event of a signed-in user also has the id of the browser, and Mixpanel merges both, as with its
     * browser library. This cannot be undone. False: the event has the user's id only. Without effect for `'original'`.
     *
     * With false, the visits before the sign-in stay another person's, unless the browser library joins them.
     * @default true
     */
    join: flag().default(true),
    /**
     * The group key of `group()` calls without a `groupType`, such as `company`. Without it, such calls are declined.
     * @default none
     */
    groupKey: text(),
    /**
     * Base URL in place of the region's, such as a proxy; `/import`, `/engage` and `/groups` are added to it.
     * @default by region
     */
    endpoint: baseUrl(
      '/import, /engage and /groups',
      'Mixpanel takes its credentials from `token` and `serviceAccount` only',
    ),
    /**
     * Compresses request bodies, off the main thread.
     * @default false
     */
    gzip: flag().default(false),
  },
);

/** Options of `mixpanel()`. */
export interface MixpanelOptions extends DestinationOptions, OptionsOf<typeof mixpanelOptions.own> {}
