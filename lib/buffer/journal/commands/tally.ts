import type { CommandCounts } from './command-payloads.js';

/** Counts what a command did. */
export class Tally {
  events = 0;
  readonly #lanes = new Map<string, number>();

  /** An event, in these destinations. */
  add(lanes: Iterable<string>): void {
    this.events++;
    for (const lane of lanes) this.#lanes.set(lane, (this.#lanes.get(lane) ?? 0) + 1);
  }

  get counts(): CommandCounts {
    return { events: this.events, lanes: Object.fromEntries(this.#lanes) };
  }
}
