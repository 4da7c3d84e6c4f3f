import type { JsonObject } from '../../event/tracking-event.js';
import { idOf, renamed, split, withValue, type Vocabulary } from './vocabulary.js';

/** Events that Google documents as recommended. Updated and cancelled orders, coupons and reviews have none. */
const EVENTS: ReadonlyMap<string, string> = new Map([
  ['Products Searched', 'search'],
  ['Product List Viewed', 'view_item_list'],
  ['Promotion Viewed', 'view_promotion'],
  ['Promotion Clicked', 'select_promotion'],
  ['Product Clicked', 'select_item'],
  ['Product Viewed', 'view_item'],
  ['Product Added', 'add_to_cart'],
  ['Product Removed', 'remove_from_cart'],
  ['Cart Viewed', 'view_cart'],
  ['Checkout Started', 'begin_checkout'],
  ['Payment Info Entered', 'add_payment_info'],
  ['Order Completed', 'purchase'],
  ['Order Refunded', 'refund'],
  ['Product Added to Wishlist', 'add_to_wishlist'],
  ['Wishlist Product Added to Cart', 'add_to_cart'],
  ['Product Shared', 'share'],
]);

const PROPERTIES: ReadonlyMap<string, string> = new Map([
  ['order_id', 'transaction_id'],
  ['query', 'search_term'],
  ['list_id', 'item_list_id'],
  ['payment_method', 'payment_type'],
  ['share_via', 'method'],
  // Not confirmed: Google documents a shipping tier as what a customer chooses, such as Ground.
  ['shipping_method', 'shipping_tier'],
]);

const OF_PROMOTION: ReadonlyMap<string, string> = new Map([
  ['name', 'promotion_name'],
  ['creative', 'creative_name'],
  ['position', 'creative_slot'],
]);

const OF_ITEM: ReadonlyMap<string, string> = new Map([
  ['name', 'item_name'],
  ['brand', 'item_brand'],
  ['category', 'item_category'],
  ['variant', 'item_variant'],
  ['position', 'index'],
]);

/** Google Analytics 4, as its page about recommended events documents it. */
export const GOOGLE_ANALYTICS: Vocabulary = {
  events: EVENTS,
  translate(properties, name) {
    const { products, rest } = split(properties);
    const isPromotion = name.endsWith('_promotion');
    const named = renamed(withValue(isPromotion ? renamed(rest, OF_PROMOTION) : rest), PROPERTIES);
    if (name === 'share') return shared(named, products[0]);
    // `items` of the application take precedence.
    if (products.length === 0 || named['items'] !== undefined) return named;
    return { ...named, items: products.map(itemOf) };
  },
};

function itemOf(product: JsonObject): JsonObject {
  const { product_id: _, ...others } = renamed(product, OF_ITEM);
  const id = idOf(product);
  return { ...(id !== undefined && others['item_id'] === undefined && { item_id: id }), ...others };
}

/** `share` names the content by its kind and id. */
function shared(properties: JsonObject, product: JsonObject | undefined): JsonObject {
  const id = product && idOf(product);
  return id === undefined ? properties : { content_type: 'product', item_id: id, ...properties };
}
