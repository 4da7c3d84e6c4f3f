import { isObject, type UnknownObject } from '../event/json-values.js';
import { guarded } from '../host/guarded.js';
import { pathsOf, topOf } from './issue-path.js';
import type { StandardIssue, StandardSchema } from './standard-schema.js';
import type { Validators } from './validators.js';

/** Why the plan refuses an event. */
export type PlanReason = 'invalid_properties' | 'not_in_plan';

/** The properties to record, or why the event is rejected. */
export type Checked = { readonly properties: unknown } | PlanReason;

/** Some validators report one issue at a time: the properties are validated this many times. */
const MAX_ROUNDS = 10;

/** The validator's output without the invalid properties. Rejects the event if it is still invalid without them. */
export function stripped(
  validators: Validators,
  schema: StandardSchema,
  given: UnknownObject,
  first: readonly StandardIssue[],
): Checked {
  let issues = first;
  const left = guarded((): Record<PropertyKey, unknown> => ({ ...given }));
  // A getter that throws: the event is rejected later, when it is copied.
  if (left === undefined) return { properties: given };
  for (let round = 0; round < MAX_ROUNDS && remove(left, issues); round++) {
    const result = validators.validate(schema, left);
    if (result.fits) return isObject(result.value) ? { properties: result.value } : 'invalid_properties';
    if (result.issues === undefined) break;
    issues = result.issues;
  }
  return 'invalid_properties';
}

/** @returns whether there was anything to remove */
function remove(properties: Record<PropertyKey, unknown>, issues: readonly StandardIssue[]): boolean {
  let removed = false;
  for (const top of issues.flatMap(pathsOf).map(topOf)) {
    if (top === undefined || !Object.hasOwn(properties, top)) continue;
    Reflect.deleteProperty(properties, top);
    removed = true;
  }
  return removed;
}

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
