import { isObject } from '../../event/json-values.js';
import type { JsonObject, JsonValue } from '../../event/tracking-event.js';

/** Numbers of every event. */
export const ORDER_NUMBERS: ReadonlySet<string> = new Set(['revenue', 'price', 'quantity']);
/** Numbers of e-commerce events. */
export const AMOUNTS: ReadonlySet<string> = new Set([
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
export function numbersOf(properties: JsonObject, names: ReadonlySet<string>): JsonObject {
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
