import type { CommandCounts } from '../query/command-payloads.js';

/** Counts the events that a command changed. */
export class Tally {
  events = 0;
  readonly #lanes = new Map<string, number>();

  /** Adds events of these lanes. */
  add(lanes: Iterable<string>, events = 1): void {
    this.events += events;
    for (const lane of lanes) this.#lanes.set(lane, (this.#lanes.get(lane) ?? 0) + events);
  }

  get counts(): CommandCounts {
    return { events: this.events, lanes: Object.fromEntries(this.#lanes) };
  }
}
