import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';

/** An event that counts reads of its properties, and attempts to change it. */
export class ObservedEvent {
  reads = 0;
  changes = 0;
  readonly event: TrackingEvent;

  constructor(event: TrackingEvent) {
    const unchanged = {
      set: () => this.#refuse(),
      defineProperty: () => this.#refuse(),
      deleteProperty: () => this.#refuse(),
    };
    const properties = new Proxy<JsonObject>(event.properties, {
      ...unchanged,
      get: (target, name) => {
        this.reads++;
        return target[name as string];
      },
    });
    this.event = new Proxy({ ...event, properties }, unchanged);
  }

  /** As if it had worked, so that one attempt does not end the call. */
  #refuse(): boolean {
    this.changes++;
    return true;
  }
}
