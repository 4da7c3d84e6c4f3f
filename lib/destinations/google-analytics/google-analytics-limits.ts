import type { DestinationLimits } from '../destination.js';

/** Hosts of the Measurement Protocol by region, and the paths below them (vendor's reference). */
export const HOSTS = {
  global: 'https://www.google-analytics.com',
  eu: 'https://region1.google-analytics.com',
} as const;
export const COLLECT = '/mp/collect';

/**
 * 25 events of one client in a request. The body's limit of 130 kB is unconfirmed. The platform's form of an event is shorter than
 * the event's own JSON, but for the fields that are added.
 */
export const GOOGLE_ANALYTICS_LIMITS: DestinationLimits = {
  maxEvents: 25,
  maxBytes: 130_000,
  maxEventBytes: 120_000,
};

/** Events may be up to 72 hours old. */
export const MAX_AGE_MS = 72 * 3_600_000;

export const MAX_NAME = 40;
export const MAX_USER_ID = 256;

export const MAX_PARAMS = 25;
/** Characters of a value. */
export const MAX_VALUE = 100;
/** Parameters with other limits (unconfirmed). */
export const LONG_VALUES: ReadonlyMap<string, number> = new Map([
  ['page_title', 300],
  ['page_referrer', 420],
  ['page_location', 1_000],
]);

export const MAX_USER_PROPERTIES = 25;
export const MAX_USER_PROPERTY_NAME = 24;
export const MAX_USER_PROPERTY_VALUE = 36;

export const MAX_ITEMS = 200;
/** Members of an item beyond {@link ITEM_MEMBERS}. */
export const MAX_OWN_ITEM_MEMBERS = 27;

/** Members of an item that Google documents. */
export const ITEM_MEMBERS: ReadonlySet<string> = new Set([
  'item_id',
  'item_name',
  'affiliation',
  'coupon',
  'creative_name',
  'creative_slot',
  'currency',
  'discount',
  'index',
  'item_brand',
  'item_category',
  'item_category2',
  'item_category3',
  'item_category4',
  'item_category5',
  'item_list_id',
  'item_list_name',
  'item_variant',
  'location_id',
  'price',
  'promotion_id',
  'promotion_name',
  'quantity',
]);

/** Names that Google reserves for its own events. */
export const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  'ad_activeview',
  'ad_click',
  'ad_exposure',
  'ad_impression',
  'ad_query',
  'adunit_exposure',
  'app_clear_data',
  'app_install',
  'app_remove',
  'app_update',
  'error',
  'first_open',
  'first_visit',
  'in_app_purchase',
  'notification_dismiss',
  'notification_foreground',
  'notification_open',
  'notification_receive',
  'os_update',
  'screen_view',
  'session_start',
  'user_engagement',
]);

export const RESERVED_USER_PROPERTIES: ReadonlySet<string> = new Set([
  'first_open_time',
  'first_visit_time',
  'last_deep_link_referrer',
  'user_id',
  'first_open_after_install',
]);

/** Prefixes that Google reserves; of events also `_` and `gtag.`. */
export const RESERVED_PREFIXES = ['google_', 'ga_', 'firebase_'];
