import { isObject } from '../../event/json-values.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import { badOption } from '../../config/check-option.js';
import type { MappedContent } from '../destination-map.js';
import { GOOGLE_ANALYTICS } from './google-analytics-vocabulary.js';
import { META } from './meta-vocabulary.js';
import type { Vocabulary } from './vocabulary.js';

/** Numbers of every event. */
const ORDER_NUMBERS: ReadonlySet<string> = new Set(['revenue', 'price', 'quantity']);
/** Numbers of e-commerce events. */
const AMOUNTS: ReadonlySet<string> = new Set([
  ...ORDER_NUMBERS,
  'total',
  'subtotal',
  'shipping',
  'tax',
  'discount',
  'value',
]);

/** Databases and JSON of decimals give amounts as text. */
const NUMBER = /^[+-]?\d{1,15}(?:\.\d{1,15})?$/;

/** Properties with numbers in place of numeric text, also in each of `products`; the same object if nothing changes. */
function numbersOf(properties: JsonObject, names: ReadonlySet<string>): JsonObject {
  const left = members(properties, names);
  const { products } = left;
  if (!Array.isArray(products)) return left;
  const list = (products as readonly JsonValue[]).map((product) =>
    isObject(product) ? members(product as JsonObject, names) : product,
  );
  const isSame = list.every((product, index) => product === products[index]);
  return isSame ? left : { ...left, products: list };
}

function members(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  let changed: Record<string, JsonValue> | undefined;
  for (const name of names) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (typeof value !== 'string' || !NUMBER.test(value.trim())) continue;
    changed ??= { ...object };
    changed[name] = Number(value.trim());
  }
  return changed ?? object;
}

/** The events of Segment's e-commerce spec, version 2. */
export const ECOMMERCE_EVENTS: ReadonlySet<string> = new Set([
  'Products Searched',
  'Product List Viewed',
  'Product List Filtered',
  'Promotion Viewed',
  'Promotion Clicked',
  'Product Clicked',
  'Product Viewed',
  'Product Added',
  'Product Removed',
  'Cart Viewed',
  'Checkout Started',
  'Checkout Step Viewed',
  'Checkout Step Completed',
  'Payment Info Entered',
  'Order Completed',
  'Order Updated',
  'Order Refunded',
  'Order Cancelled',
  'Coupon Entered',
  'Coupon Applied',
  'Coupon Denied',
  'Coupon Removed',
  'Product Added to Wishlist',
  'Product Removed from Wishlist',
  'Wishlist Product Added to Cart',
  'Product Shared',
  'Cart Shared',
  'Product Reviewed',
]);

/**
 * Platforms without documented names keep Segment's: RudderStack and PostHog document the same names, Jitsu and Customer.io
 * accept Segment's events, and the others accept any name. KISSmetrics, Mixpanel, Amplitude and Snowplow are unconfirmed.
 */
const VOCABULARIES = {
  amplitude: undefined,
  customerio: undefined,
  googleAnalytics: GOOGLE_ANALYTICS,
  jitsu: undefined,
  kissmetrics: undefined,
  meta: META,
  mixpanel: undefined,
  posthog: undefined,
  rudderstack: undefined,
  segment: undefined,
  snowplow: undefined,
  webhook: undefined,
} satisfies Record<string, Vocabulary | undefined>;

/** A platform whose names {@link ecommerce} knows. */
export type EcommercePlatform = keyof typeof VOCABULARIES;

/**
 * A `map` for a destination that translates Segment's e-commerce events (`Order Completed`, `Product Added`, …) and their
 * properties into the names that the platform documents: `purchase` with `items` for Google Analytics, `Purchase` with
 * `contents` for Meta. Other events and properties keep their names.
 *
 * Numeric text becomes a number: `revenue`, `price` and `quantity` of every `track` event, and the other amounts of e-commerce
 * events (`total`, `subtotal`, `shipping`, `tax`, `discount`, `value`), also within `products`. Nothing is computed.
 *
 * @throws TrackingConfigError for a platform that it does not know
 * @example
 * webhook({ url, map: ecommerce('googleAnalytics') })
 */
export function ecommerce(platform: EcommercePlatform): (event: TrackingEvent) => MappedContent {
  if (!Object.hasOwn(VOCABULARIES, platform)) {
    throw badOption('ecommerce()', platform, `one of ${Object.keys(VOCABULARIES).join(', ')}`);
  }
  const vocabulary: Vocabulary | undefined = VOCABULARIES[platform];
  return (event) => {
    if (event.type !== 'track') return {};
    const isKnown = ECOMMERCE_EVENTS.has(event.name);
    const properties = numbersOf(event.properties, isKnown ? AMOUNTS : ORDER_NUMBERS);
    const name = isKnown ? vocabulary?.events.get(event.name) : undefined;
    if (name === undefined) return properties === event.properties ? {} : { properties };
    return { name, properties: vocabulary!.translate(properties, name) };
  };
}
