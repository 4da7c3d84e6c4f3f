import { types } from 'node:util';
import { isObject, isPlainObject, type UnknownObject } from '../event/json-values.js';
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
  disown(given);
  const isGroups = isRecord(given);
  let isWhole = isGroups;
  for (const [type, id] of isGroups ? Object.entries(given) : []) {
    if (id === undefined) continue;
    const text = isEventName(type) ? normaliseId(id) : undefined;
    if (text === undefined) isWhole = false;
    else groups.push([type, text]);
  }
  if (!isWhole) onUnusable();
  return groups.length === 0 ? undefined : Object.fromEntries(groups);
}

export function sizeOfGroups(groups: Groups): number {
  let size = '"groups":{},'.length;
  for (const [type, id] of Object.entries(groups)) size += type.length + id.length + '"":"",'.length;
  return size;
}

/** An object without members may be anything, such as a Map: only a literal means that there are no groups. */
function isRecord(given: unknown): given is UnknownObject {
  return (
    isObject(given) && !types.isPromise(given) && (isPlainObject(given) || Object.keys(given).length > 0)
  );
}
