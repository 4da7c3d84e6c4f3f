import type { JsonObject, JsonValue } from '../../event/tracking-event.js';
import { cutText } from '../well-formed.js';
import { MAX_TEXT } from './amplitude-limits.js';

/** Properties with every text cut at the limit; the same object if none is longer. `report` gets the name of each property. */
export function cutTexts(properties: JsonObject, report: (property: string) => void): JsonObject {
  let isLong = false;
  for (const name of Object.keys(properties)) {
    if (!hasLongText(properties[name])) continue;
    isLong = true;
    report(name);
  }
  return isLong ? (cut(properties) as JsonObject) : properties;
}

function hasLongText(value: JsonValue): boolean {
  if (typeof value === 'string') return value.length > MAX_TEXT;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).some(hasLongText);
  return Object.values(value as JsonObject).some(hasLongText);
}

function cut(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cutText(value, MAX_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(cut);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, cut(each as JsonValue)]));
}
