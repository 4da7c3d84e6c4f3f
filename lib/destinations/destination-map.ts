import { badOption } from '../config/check-option.js';
import { table, valueThat } from '../config/kinds.js';
import { option, type Option, type Rows } from '../config/option.js';
import { checkRows } from '../config/rows.js';
import { isEventName } from '../event/event-name.js';
import { isObject } from '../event/json-values.js';
import type { TrackingEvent } from '../event/tracking-event.js';

/** New names for one destination. Names that are not listed stay as they are. */
export interface MapTables {
  /** Names of `track` events: `{ 'Order Completed': 'purchase' }`. */
  readonly events?: Readonly<Record<string, string>> | undefined;
  /** Top-level names of properties and traits: `{ revenue: 'value' }`. A renamed property replaces one that has its new name. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

/**
 * The result of a `map` function. An absent or undefined member leaves the event's unchanged; unknown members are ignored. An
 * object with only unknown members is an error (`map_error`): it may be the properties themselves.
 */
export interface MappedContent {
  /** For `track` only. */
  readonly name?: string | undefined;
  /** Replaces all properties or traits. */
  readonly properties?: object | undefined;
}

/**
 * Changes an event's name and properties for one destination: tables of names, or a synchronous function. A function
 * gets a copy of each `track`, `identify` and `group`, after `allowProperties`. `null`: the destination does not get the event
 * (`filtered`). If it throws, or returns a promise or anything else, the destination does not get the event (`map_error`).
 */
export type DestinationMap = MapTables | ((event: TrackingEvent) => MappedContent | null);

const EXPECTED = "a function, or an object such as { events: { 'Order Completed': 'purchase' } }";

const newNames = (wants: string, fits: (name: string) => boolean): Option<Readonly<Record<string, string>>> =>
  table(
    `an object whose values are each ${wants}`,
    valueThat('string', wants, (name) => typeof name === 'string' && fits(name)),
  );

const TABLES: Rows = {
  events: newNames("an event's name", isEventName),
  properties: newNames("a property's name", (name) => name !== ''),
};

export const destinationMap = (): Option<DestinationMap> =>
  option('tables, or function', EXPECTED, (path, map, context) => {
    if (typeof map === 'function') return;
    if (!isObject(map)) throw badOption(path, map, EXPECTED);
    checkRows(path, map, TABLES, context);
    if (map['events'] === undefined && map['properties'] === undefined) {
      throw badOption(path, map, 'at least one of events, properties');
    }
  });
