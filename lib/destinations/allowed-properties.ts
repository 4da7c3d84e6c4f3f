import { badOption, memberPath } from '../config/check-option.js';
import { isObject } from '../event/json-values.js';
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

export const allowedProperties = (): Option<AllowedProperties> =>
  option('list, or list by event name', EXPECTED, checkAllowedProperties);

function checkAllowedProperties(path: string, value: unknown): void {
  if (Array.isArray(value)) return checkNames(path, value);
  if (!isObject(value)) throw badOption(path, value, EXPECTED);
  for (const [event, names] of Object.entries(value)) checkNames(memberPath(path, event), names);
}

function checkNames(path: string, names: unknown): void {
  if (!Array.isArray(names)) throw badOption(path, names, 'an array of property names');
  names.forEach((name, index) => {
    if (typeof name !== 'string' || name === '') {
      throw badOption(`${path}[${index}]`, name, "a property's name");
    }
  });
}
