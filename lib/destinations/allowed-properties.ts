import type { JsonObject, JsonValue, TrackingEvent } from '../event/tracking-event.js';
import type { AllowedProperties } from './destination.js';

/** What every event may have whose name is not in the record. */
const OTHERS = '*';
const NONE: readonly string[] = [];

/** Which properties events may have, by their names: `allowProperties` of a destination. */
export class AllowList {
  readonly #byEvent: ReadonlyMap<string, readonly string[]>;
  readonly #others: readonly string[];

  constructor(allowed: AllowedProperties) {
    this.#byEvent = new Map(isList(allowed) ? [] : Object.entries(allowed));
    this.#others = isList(allowed) ? [...allowed] : (this.#byEvent.get(OTHERS) ?? NONE);
  }

  pick({ name, properties }: Pick<TrackingEvent, 'name' | 'properties'>): JsonObject {
    const picked: [string, JsonValue][] = [];
    const names = this.#byEvent.get(name) ?? this.#others;
    for (const allowed of names) {
      if (Object.hasOwn(properties, allowed)) picked.push([allowed, properties[allowed]]);
    }
    return Object.fromEntries(picked);
  }
}

function isList(allowed: AllowedProperties): allowed is readonly string[] {
  return Array.isArray(allowed);
}
