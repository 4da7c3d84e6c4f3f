import { list, table, valueThat } from '../config/kinds.js';
import type { JsonObject, JsonValue, TrackingEvent } from '../event/tracking-event.js';
import { option, type Option } from '../config/option.js';
import type { AllowedProperties } from './destination.js';

const EXPECTED = 'an array of property names, or an object of such arrays by event name';

/** The list for event names that the record lacks. */
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

const isName = (name: unknown): boolean => typeof name === 'string' && name !== '';
const NAMES = list('list', 'an array of property names', valueThat('name', "a property's name", isName));
const BY_EVENT = table(EXPECTED, NAMES);

export const allowedProperties = (): Option<AllowedProperties> =>
  option('list, or list by event name', EXPECTED, (path, value, context) =>
    (Array.isArray(value) ? NAMES : BY_EVENT).check(path, value, context),
  );
