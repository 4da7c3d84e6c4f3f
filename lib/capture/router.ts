import type { Route } from '../buffer/event-buffer.js';
import type { Admission, Destination } from '../destinations/destination.js';
import type { Reason } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';

/** A lane that does not get an event, and why. */
export interface Declined {
  readonly lane: string;
  readonly reason: Reason;
}

/** Where an event goes, and where it does not. */
export interface Routing {
  readonly routes: readonly Route[];
  readonly declined: readonly Declined[];
}

const NONE: readonly Declined[] = Object.freeze([]);

/** Decides which lanes an event enters: what the call asked for, as far as each destination takes it. */
export class Router {
  /** All lanes; the very array that events for all of them carry. */
  readonly all: readonly string[];
  readonly #destinations = new Map<string, Destination>();
  readonly #routes = new Map<string, Route>();
  /** The routing of nearly every event, made once. */
  readonly #everywhere: Routing;
  readonly #selective: boolean;

  constructor(destinations: readonly Destination[]) {
    this.all = Object.freeze(destinations.map(({ name }) => name));
    for (const destination of destinations) {
      this.#destinations.set(destination.name, destination);
      this.#routes.set(destination.name, Object.freeze({ lane: destination.name }));
    }
    this.#everywhere = { routes: [...this.#routes.values()], declined: NONE };
    this.#selective = destinations.some((destination) => destination.accept !== undefined);
  }

  /** The lanes that a call names, each once; undefined when it names none, or one that does not exist. */
  select(names: unknown): readonly string[] | undefined {
    if (names === undefined || names === null) return this.all;
    if (!Array.isArray(names) || names.length === 0) return undefined;
    const lanes = Object.freeze([...new Set<string>(names)]);
    return lanes.every((name) => this.#destinations.has(name)) ? lanes : undefined;
  }

  route(event: TrackingEvent): Routing {
    if (!this.#selective && event.lanes === this.all) return this.#everywhere;
    const routes: Route[] = [];
    const declined: Declined[] = [];
    for (const lane of event.lanes) {
      const admission = this.#admit(lane, event);
      if (admission === undefined) routes.push(this.#routes.get(lane)!);
      else if ('note' in admission) routes.push({ lane, note: admission.note });
      else declined.push({ lane, reason: admission.declined });
    }
    return { routes, declined };
  }

  #admit(lane: string, event: TrackingEvent): Admission {
    try {
      return this.#destinations.get(lane)!.accept?.(event);
    } catch {
      return { declined: 'encode_error' };
    }
  }
}
