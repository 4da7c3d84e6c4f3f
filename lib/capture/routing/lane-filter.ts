import { badOption, checkKeys, memberPath } from '../../config/check-option.js';
import { isEventName } from '../../event/event-name.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import { shown } from '../shown-event.js';

/**
 * Which events one destination gets: names of `track` events and `identify`, `group`, `alias` for those calls, or a synchronous
 * function that gets a copy of each event.
 */
export type LaneFilter = readonly string[] | ((event: TrackingEvent) => boolean);

export type Passes = (event: TrackingEvent) => boolean;

export function passes(filter: LaneFilter): Passes {
  if (typeof filter !== 'function') {
    const names = new Set(filter);
    return ({ name }) => names.has(name);
  }
  return (event) => {
    const said: unknown = filter(shown(event));
    if (typeof said === 'boolean') return said;
    disown(said);
    throw new TypeError('no decision');
  };
}

/** Checks the option `filter`. @throws TrackingConfigError */
export function checkFilter(filter: unknown, destinations: readonly string[]): void {
  checkKeys('filter', filter, destinations);
  for (const [destination, names] of Object.entries((filter ?? {}) as Readonly<Record<string, unknown>>)) {
    const option = memberPath('filter', destination);
    if (names === undefined || typeof names === 'function') continue;
    const wants = 'a function, or an array of at least one event name';
    if (!Array.isArray(names) || names.length === 0) throw badOption(option, names, wants);
    names.forEach((name, index) => {
      if (!isEventName(name)) throw badOption(`${option}[${index}]`, name, "an event's name");
    });
  }
}
