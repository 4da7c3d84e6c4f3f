/**
 * What JSON sees of properties, at their top: an entity hides in `toJSON` what a copy of its members would show. What has none
 * is left as it is, and so is what is below: a Date is still a Date. Throws what the application's code throws.
 */
export function asJson(properties: object): object {
  const { toJSON } = properties as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return properties;
  const json: unknown = toJSON.call(properties, '');
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError('no object');
  const seen: Record<PropertyKey, unknown> = json instanceof Map ? Object.fromEntries(json) : { ...json };
  // JSON passes over these, and asks nobody twice.
  for (const symbol of Object.getOwnPropertySymbols(seen)) Reflect.deleteProperty(seen, symbol);
  if (typeof seen['toJSON'] === 'function') delete seen['toJSON'];
  return seen;
}
