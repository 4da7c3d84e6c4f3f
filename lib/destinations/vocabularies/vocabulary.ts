import { isObject } from '../../event/json-values.js';
import type { JsonObject, JsonValue } from '../../event/tracking-event.js';

export interface Vocabulary {
  /** By Segment's name. */
  readonly events: ReadonlyMap<string, string>;
  /** Renames properties to the platform's names. */
  translate(properties: JsonObject, name: string): JsonObject;
}

/** Top-level members of a product in Segment's events about one product. */
const OF_PRODUCT: ReadonlySet<string> = new Set([
  'product_id',
  'sku',
  'category',
  'name',
  'brand',
  'variant',
  'price',
  'quantity',
  'coupon',
  'position',
  'url',
  'image_url',
]);

/** Properties apart from their products: those of an order, or the one product that an event is about. */
export function split(properties: JsonObject): { products: readonly JsonObject[]; rest: JsonObject } {
  const { products } = properties;
  const entries = Object.entries(properties);
  if (Array.isArray(products)) {
    return {
      products: (products as readonly JsonValue[]).filter(isObject) as JsonObject[],
      rest: Object.fromEntries(entries.filter(([name]) => name !== 'products')),
    };
  }
  if (idOf(properties) === undefined) return { products: [], rest: properties };
  return {
    products: [Object.fromEntries(entries.filter(([name]) => OF_PRODUCT.has(name)))],
    rest: Object.fromEntries(entries.filter(([name]) => !OF_PRODUCT.has(name))),
  };
}

/** The id of a product, of an event about one, too. */
export function idOf(product: JsonObject): string | undefined {
  const id = product['product_id'] ?? product['sku'];
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : undefined;
}

/** Renames members. If a member with the new name exists, both keep their names. */
export function renamed(object: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const entries = Object.entries(object).map(([name, value]) => {
    const wanted = names.get(name);
    return [wanted === undefined || Object.hasOwn(object, wanted) ? name : wanted, value] as const;
  });
  return Object.fromEntries(entries);
}

/** Segment's names for the value of an event, the closest first. */
const WORTH = ['value', 'revenue', 'total'];

/** Renames the value of an event to `value`, as ad platforms do. */
export function withValue(properties: JsonObject): JsonObject {
  const name = WORTH.find((each) => properties[each] !== undefined && properties[each] !== null);
  if (name === undefined || name === 'value') return properties;
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([each]) => each !== 'value')
      .map(([each, value]) => [each === name ? 'value' : each, value]),
  );
}
