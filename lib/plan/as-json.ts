/**
 * Applies `toJSON()` of the properties as a whole: an entity may hide members with it. Nested values stay as they are, so a
 * Date is still a Date. Throws the errors of the application's code.
 */
export function asJson(properties: object): object {
  const { toJSON } = properties as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return properties;
  const json: unknown = toJSON.call(properties, '');
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError('not an object');
  const seen: Record<PropertyKey, unknown> = json instanceof Map ? Object.fromEntries(json) : { ...json };
  // JSON.stringify() ignores symbols, and calls `toJSON` once.
  for (const symbol of Object.getOwnPropertySymbols(seen)) Reflect.deleteProperty(seen, symbol);
  if (typeof seen['toJSON'] === 'function') delete seen['toJSON'];
  return seen;
}
