import type { CommandCounts } from '../../query/command-payloads.js';

/** The erased events: each counts once, however often it was written. */
export class ErasedEvents {
  readonly #lanes = new Map<string, Set<string>>();
  /** The number of their records and letters. */
  found = 0;

  add(id: string, lanes: readonly string[]): void {
    this.found++;
    const known = this.#lanes.get(id);
    if (known === undefined) this.#lanes.set(id, new Set(lanes));
    else for (const lane of lanes) known.add(lane);
  }

  has(id: string): boolean {
    return this.#lanes.has(id);
  }

  get counts(): CommandCounts {
    const lanes: Record<string, number> = {};
    for (const names of this.#lanes.values()) {
      for (const lane of names) lanes[lane] = (lanes[lane] ?? 0) + 1;
    }
    return { events: this.#lanes.size, lanes };
  }
}
