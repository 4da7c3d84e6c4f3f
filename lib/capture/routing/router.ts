import { randomUUID } from 'node:crypto';
import type { Route } from '../../buffer/event-buffer.js';
import type { Destination } from '../../destinations/destination.js';
import { withoutPerson } from '../../event/impersonal.js';
import { WORST_BYTES_PER_UNIT } from '../../event/snapshot.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Declined } from '../call-end.js';
import { bytesOf, LaneDoor } from './lane-door.js';
import type { LaneFilter } from './lane-filter.js';
import type { MadeEvent } from '../made-event.js';

/** The lanes that get an event, and those that do not. */
export interface Routing {
  /** The event to store, if it is not the event that was routed. */
  readonly event?: TrackingEvent;
  readonly routes: readonly Route[];
  readonly declined: readonly Declined[];
  /** Lanes that must not get it later either, because the application withholds it. */
  readonly withheld?: readonly Route[] | undefined;
}

export interface RouterSetup {
  readonly filter?: Readonly<Record<string, LaneFilter | undefined>> | undefined;
  /** Bytes of the largest event of the module; default: no bound. */
  readonly maxEventBytes?: number | undefined;
}

const NONE: readonly Declined[] = Object.freeze([]);

/** Decides which lanes an event enters: those that the call names, if each of them accepts it. */
export class Router {
  /** All lanes. Events for all of them have this array. */
  readonly all: readonly string[];
  readonly #doors = new Map<string, LaneDoor>();
  /** Shared by events that need no decision. */
  readonly #everywhere: Routing;
  readonly #selective: boolean;
  readonly #smallestLimit: number;

  constructor(
    destinations: readonly Destination[],
    { filter = {}, maxEventBytes = Infinity }: RouterSetup = {},
  ) {
    this.all = Object.freeze(destinations.map(({ name }) => name));
    for (const destination of destinations) {
      const { name } = destination;
      const own = Object.hasOwn(filter, name) ? filter[name] : undefined;
      this.#doors.set(name, new LaneDoor(destination, own, maxEventBytes));
    }
    const doors = [...this.#doors.values()];
    this.#smallestLimit = Math.min(...doors.map(({ maxBytes }) => maxBytes));
    this.#everywhere = { routes: doors.map(({ route }) => route), declined: NONE };
    this.#selective = doors.some(({ isSelective }) => isSelective);
  }

  /** The lanes that a call names, each once; undefined if it names none, or an unknown one. */
  select(names: unknown): readonly string[] | undefined {
    if (names === undefined || names === null) return this.all;
    if (!Array.isArray(names) || names.length === 0) return undefined;
    const lanes = Object.freeze([...new Set<string>(names)]);
    return lanes.every((name) => this.#doors.has(name)) ? lanes : undefined;
  }

  needsPerson(lanes: readonly string[]): boolean {
    return lanes.some((lane) => this.#doors.get(lane)!.needsPerson);
  }

  route(made: MadeEvent): Routing {
    const { event, size, consent, person } = made;
    const isSmall = size * WORST_BYTES_PER_UNIT <= this.#smallestLimit;
    const isShared = consent === undefined && person === undefined && event.browserIds === undefined;
    if (!this.#selective && isSmall && isShared && event.lanes === this.all) return this.#everywhere;
    const whole = isSmall ? undefined : once(() => bytesOf(event));
    const routes: Route[] = [];
    const declined: Declined[] = [];
    let isPlain = true;
    for (const lane of event.lanes) {
      const door = this.#doors.get(lane)!;
      const said = door.admit(made, whole);
      if ('reason' in said) declined.push(said);
      else {
        routes.push(said);
        isPlain &&= said === door.route;
      }
    }
    if (isPlain && routes.length === this.all.length) return this.#everywhere;
    const withheld = declined.length === 0 ? undefined : withheldBy(declined);
    const stored = isPlain ? event : storable(event, routes);
    return { ...(stored !== event && { event: stored }), routes, declined, withheld };
  }

  /** Decides for a lane whose destination is newer than the event. */
  admit(event: TrackingEvent, lane: string): Route | undefined {
    const said = this.#doors.get(lane)?.admit({ event, size: Infinity }, undefined);
    return said === undefined || 'reason' in said ? undefined : said;
  }
}

const WITHHELD = {
  consent: Object.freeze({ withheld: 'consent' }),
  filtered: Object.freeze({ withheld: 'filtered' }),
} as const;

function withheldBy(declined: readonly Declined[]): readonly Route[] | undefined {
  const withheld: Route[] = [];
  for (const { lane, reason } of declined) {
    if (reason === 'consent' || reason === 'filtered') withheld.push({ lane, entry: WITHHELD[reason] });
  }
  return withheld.length === 0 ? undefined : withheld;
}

/** If no lane gets the person, the stored event does not keep it. The id stays the one that the caller knows. */
function storable(event: TrackingEvent, routes: readonly Route[]): TrackingEvent {
  const isNobodys = routes.length > 0 && routes.every(({ entry }) => entry?.stripped !== undefined);
  return isNobodys ? withoutPerson(event, { id: event.id, anonymousId: randomUUID() }) : event;
}

function once(measure: () => number): () => number {
  let measured: number | undefined;
  return () => (measured ??= measure());
}
