import type { CommandCounts } from '../query/command-payloads.js';

/** Counts what a command did. */
export class Tally {
  events = 0;
  readonly #lanes = new Map<string, number>();

  /** So many events, in these destinations. */
  add(lanes: Iterable<string>, events = 1): void {
    this.events += events;
    for (const lane of lanes) this.#lanes.set(lane, (this.#lanes.get(lane) ?? 0) + events);
  }

  get counts(): CommandCounts {
    return { events: this.events, lanes: Object.fromEntries(this.#lanes) };
  }
}
