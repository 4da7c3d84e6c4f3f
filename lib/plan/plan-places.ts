import type { PlanPlace } from './plan-stats.js';

/** A new place then replaces the one that was seen least recently, so made-up names of a client do not hide real ones. */
const MAX_PLACES = 100;

/** Counts invalid events by place. */
export class PlanPlaces {
  readonly #places = new Map<
    string,
    { event: string; path: string | null; source: string | null; count: number }
  >();

  /** @returns the key of the place, for one warning per place */
  count(event: string, path: string | null, source: string | null): string {
    const key = JSON.stringify([event, path, source]);
    const place = this.#places.get(key) ?? { event, path, source, count: 0 };
    place.count++;
    this.#places.delete(key);
    this.#places.set(key, place);
    if (this.#places.size > MAX_PLACES) {
      const [oldest] = this.#places.keys();
      this.#places.delete(oldest!);
    }
    return key;
  }

  /** All places, the most recent last. */
  all(): PlanPlace[] {
    return Array.from(this.#places.values(), (place) => ({ ...place }));
  }
}
