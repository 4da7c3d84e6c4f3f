import type { JsonObject, JsonValue } from '../../event/tracking-event.js';

const OPERATIONS: ReadonlySet<string> = new Set([
  '$set',
  '$setOnce',
  '$add',
  '$append',
  '$prepend',
  '$preInsert',
  '$postInsert',
  '$remove',
  '$unset',
]);

/**
 * Traits as operations. Amplitude accepts either operations or plain names, so plain names become members of `$set`; a trait with
 * the name of an operation and an object as its value is that operation.
 */
export function operations(traits: JsonObject): JsonObject {
  const names = Object.keys(traits);
  if (!names.some((name) => isOperation(name, traits[name]))) return { $set: traits };
  const own = names.filter((name) => isOperation(name, traits[name]));
  const plain = names.filter((name) => !own.includes(name));
  const given: JsonObject = Object.fromEntries(own.map((name) => [name, traits[name]]));
  if (plain.length === 0) return given;
  const set = Object.entries((given['$set'] ?? {}) as JsonObject);
  return {
    ...given,
    $set: Object.fromEntries([...plain.map((name) => [name, traits[name]] as const), ...set]),
  };
}

function isOperation(name: string, value: JsonValue): boolean {
  return OPERATIONS.has(name) && typeof value === 'object' && value !== null && !Array.isArray(value);
}
