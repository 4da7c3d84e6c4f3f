import type { DestinationMap, MappedContent, MapTables } from '../../destinations/destination-map.js';
import { isPlainObject } from '../../event/json-values.js';
import { isEventName } from '../../event/event-name.js';
import { snapshot } from '../../event/snapshot.js';
import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import { shown } from '../shown-event.js';

/** The result of `map` for an event. Absent members do not change. */
export interface Mapped {
  readonly name?: string;
  readonly properties?: JsonObject;
  /** Units that its JSON may have more than the event's. */
  readonly growth: number;
}

/** A destination's compiled `map`. `null`: the destination does not get the event. Throws for an invalid result. */
export type ContentMap = (event: TrackingEvent) => Mapped | null;

const SAME: Mapped = Object.freeze({ growth: 0 });

/**
 * The result of `map`, checked like any input.
 *
 * @param maxBytes of the mapped properties' JSON
 */
export function contentMap(map: DestinationMap, maxBytes: number): ContentMap {
  return typeof map === 'function' ? byFunction(map, maxBytes) : byTables(map);
}

function byFunction(map: (event: TrackingEvent) => MappedContent | null, maxBytes: number): ContentMap {
  return (event) => {
    // An alias has only ids.
    if (event.type === 'alias') return SAME;
    const said: unknown = map(shown(event));
    if (said === null) return null;
    disown(said);
    if (typeof said !== 'object') throw new TypeError('no content');
    // Each member is read once, so the checked value is the stored one.
    const { then, name, properties } = said as Partial<Record<'then' | 'name' | 'properties', unknown>>;
    disown(name, properties);
    if (typeof then === 'function') throw new TypeError('a promise');
    if (name === undefined && properties === undefined && !isUnchanged(said))
      throw new TypeError('no content');
    if (name !== undefined && name !== event.name && (event.type !== 'track' || !isEventName(name))) {
      throw new TypeError('no name');
    }
    const copy = properties === undefined ? undefined : snapshot(properties as object, maxBytes);
    const isRenamed = name !== undefined && name !== event.name;
    return {
      ...(isRenamed && { name }),
      ...(copy !== undefined && { properties: copy.value }),
      growth: (copy?.size ?? 0) + (isRenamed ? name.length : 0),
    };
  };
}

/**
 * Whether an object without content means that the event does not change. With other members it may be the properties
 * themselves, and the destination would get everything that they omit.
 */
function isUnchanged(said: object): boolean {
  if ('name' in said || 'properties' in said) return true;
  return isPlainObject(said) && Object.keys(said).length === 0;
}

function byTables({ events = {}, properties = {} }: MapTables): ContentMap {
  const names = new Map(Object.entries(events));
  const renames = new Map(Object.entries(properties));
  return (event) => {
    const name = event.type === 'track' ? names.get(event.name) : undefined;
    const renamed = withNames(event.properties, renames);
    if (name === undefined && renamed === undefined) return SAME;
    return {
      ...(name !== undefined && { name }),
      ...renamed,
      growth: (name?.length ?? 0) + (renamed?.growth ?? 0),
    };
  };
}

/** Undefined if it has none of the names. */
function withNames(
  properties: JsonObject,
  renames: ReadonlyMap<string, string>,
): { properties: JsonObject; growth: number } | undefined {
  const names = Object.keys(properties);
  if (!names.some((name) => renames.has(name))) return undefined;
  const kept = names.filter((name) => !renames.has(name));
  const entries = new Map(kept.map((name) => [name, properties[name]]));
  let growth = 0;
  for (const name of names) {
    const to = renames.get(name);
    if (to === undefined) continue;
    entries.set(to, properties[name]);
    growth += to.length;
  }
  return { properties: Object.fromEntries(entries), growth };
}
