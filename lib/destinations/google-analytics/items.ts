import { isObject } from '../../event/json-values.js';
import type { JsonObject, JsonValue } from '../../event/tracking-event.js';
import { ITEM_MEMBERS, MAX_ITEMS, MAX_OWN_ITEM_MEMBERS, MAX_VALUE } from './google-analytics-limits.js';
import { paramName } from './names.js';
import { plainValue, type Changed } from './values.js';

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
