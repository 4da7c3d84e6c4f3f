import { types } from 'node:util';
import { isEventName } from '../event/event-name.js';
import { disown } from '../host/disown.js';
import { normaliseId } from '../identity/normalise-identity.js';

/** The groups of an event: ids by the type of the group. */
export type Groups = Readonly<Record<string, string>>;

/**
 * Groups as an event keeps them; undefined for none. A group whose type or id is unusable is left out: the event is still about
 * the right person, and never in another group.
 *
 * @param onUnusable called once if anything was left out
 */
export function normaliseGroups(given: unknown, onUnusable: () => void): Groups | undefined {
  if (given === undefined || given === null) return undefined;
  const groups: [string, string][] = [];
  let isWhole = isRecord(given);
  if (isWhole) {
    for (const [type, id] of Object.entries(given as Readonly<Record<string, unknown>>)) {
      if (id === undefined) continue;
      const text = isEventName(type) ? normaliseId(id) : undefined;
      if (text === undefined) isWhole = false;
      else groups.push([type, text]);
    }
  } else if (types.isPromise(given)) disown(given);
  if (!isWhole) onUnusable();
  return groups.length === 0 ? undefined : Object.fromEntries(groups);
}

/** The estimated size of groups in an event's JSON. */
export function sizeOfGroups(groups: Groups): number {
  let size = '"groups":{},'.length;
  for (const [type, id] of Object.entries(groups)) size += type.length + id.length + '"":"",'.length;
  return size;
}

/** An object without members may be anything, such as a Map or a promise: only a literal says that there are none. */
function isRecord(given: unknown): boolean {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
  if (types.isPromise(given)) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  const isLiteral = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isLiteral || Object.keys(given).length > 0;
}
