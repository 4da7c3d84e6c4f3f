import type { JsonObject, JsonValue } from '../../event/tracking-event.js';
import { cutText, repaired } from '../well-formed.js';
import type { ParamChange } from './google-analytics.messages.js';
import { isObject } from '../../event/json-values.js';
import { paramName } from './names.js';

const MAX_ITEMS = 200;

/** Members of an item beyond {@link ITEM_MEMBERS}. */
const MAX_OWN_ITEM_MEMBERS = 27;

/** Members of an item that Google documents. */
const ITEM_MEMBERS: ReadonlySet<string> = new Set([
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

/** Characters of a value. */
export const MAX_VALUE = 100;

type Changed = (change: ParamChange) => void;

/** A text or number as Google keeps it; `undefined` if nothing is left, and for objects and lists. */
export function plainValue(
  value: JsonValue,
  maxLength: number,
  changed: Changed,
): string | number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return cut(value, maxLength, changed);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean') {
    changed('boolean');
    return String(value);
  }
  changed('no_value');
  return undefined;
}

/** Half a surrogate pair could make Google reject the whole body. */
function cut(text: string, maxLength: number, changed: Changed): string {
  const sent = repaired(text, changed);
  if (sent.length <= maxLength) return sent;
  changed('long_value');
  return cutText(sent, maxLength);
}

/** The products of an e-commerce event: objects with plain values. */
export function itemsOf(list: readonly JsonValue[], changed: Changed): object[] {
  if (list.length > MAX_ITEMS) changed('many_items');
  const items: object[] = [];
  for (const each of list.slice(0, MAX_ITEMS)) {
    const item = isObject(each) ? itemOf(each as JsonObject, changed) : {};
    if (Object.keys(item).length > 0) items.push(item);
    else changed('items');
  }
  return items;
}

function itemOf(members: JsonObject, changed: Changed): object {
  const item: Record<string, string | number> = {};
  let own = 0;
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (typeof member === 'object' && member !== null) {
      changed('items');
      continue;
    }
    const value = plainValue(member, MAX_VALUE, changed);
    if (value === undefined) continue;
    const { text: name, changes } = paramName(key);
    for (const change of changes) changed(change);
    if (name === '') continue;
    if (Object.hasOwn(item, name)) changed('same_name');
    else if (!ITEM_MEMBERS.has(name) && ++own > MAX_OWN_ITEM_MEMBERS) changed('too_many');
    else item[name] = value;
  }
  return item;
}
