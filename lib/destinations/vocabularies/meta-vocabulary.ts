import type { JsonObject } from '../../event/tracking-event.js';
import { idOf, renamed, split, withValue, type Vocabulary } from './vocabulary.js';

/** Standard events of Meta. It documents none for lists, promotions, removed products, refunds and coupons. */
const EVENTS: ReadonlyMap<string, string> = new Map([
  ['Products Searched', 'Search'],
  ['Product Viewed', 'ViewContent'],
  ['Product Added', 'AddToCart'],
  ['Product Added to Wishlist', 'AddToWishlist'],
  ['Wishlist Product Added to Cart', 'AddToCart'],
  ['Checkout Started', 'InitiateCheckout'],
  ['Payment Info Entered', 'AddPaymentInfo'],
  ['Order Completed', 'Purchase'],
]);

const PROPERTIES: ReadonlyMap<string, string> = new Map([['query', 'search_string']]);

const OF_CONTENT: ReadonlyMap<string, string> = new Map([
  ['name', 'content_name'],
  ['category', 'content_category'],
]);

const IN_CONTENTS = ['product_id', 'sku', 'price', 'quantity'];

/** Meta, as its pages about standard events and `custom_data` document it. `order_id` and `currency` have Segment's names. */
export const META: Vocabulary = {
  events: EVENTS,
  translate(properties) {
    const { products, rest } = split(properties);
    const isOne = products.length === 1 && !Array.isArray(properties['products']);
    const named = renamed(withValue(rest), PROPERTIES);
    const contents = products.flatMap(contentOf);
    return {
      ...(isOne && about(products[0]!)),
      ...(contents.length > 0 && {
        content_type: 'product',
        content_ids: contents.map(({ id }) => id!),
        contents,
      }),
      ...named,
    };
  },
};

function contentOf(product: JsonObject): readonly JsonObject[] {
  const id = idOf(product);
  const { price, quantity } = product;
  if (id === undefined) return [];
  const isCounted = typeof quantity === 'number';
  return [
    { id, quantity: isCounted ? quantity : 1, ...(typeof price === 'number' && { item_price: price }) },
  ];
}

function about(product: JsonObject): JsonObject {
  const entries = Object.entries(renamed(product, OF_CONTENT)).filter(
    ([name]) => !IN_CONTENTS.includes(name),
  );
  return Object.fromEntries(entries);
}
