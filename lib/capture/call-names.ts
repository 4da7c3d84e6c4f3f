import type { EventType } from '../event/tracking-event.js';

/** The parts of a call that messages may contain. */
export interface NamedCall {
  readonly type: EventType;
  readonly name: unknown;
  readonly source?: string | undefined;
}

const MAX_NAME = 100;

/** How messages name a call. The rules of `redact` apply to its name, because a rejected call was never cleaned. */
export class CallNames {
  constructor(readonly shown: (name: string) => string) {}

  /** Its event and its place, such as `event 'Order Completed' of OrdersController.create`. */
  of({ type, name, source }: NamedCall): string {
    const isEvent = type === 'track' && typeof name === 'string';
    const event = isEvent ? `event '${this.shown(name).slice(0, MAX_NAME)}'` : `${type}()`;
    return source === undefined ? event : `${event} of ${source}`;
  }

  /** Its place, if known, otherwise its event. */
  placeOf({ type, name, source }: NamedCall): string {
    if (source !== undefined) return source;
    return type === 'track' && typeof name === 'string' ? this.shown(name) : `${type}()`;
  }
}
