import type { PlanPlace } from './plan-stats.js';

/** Past this, the place that was not seen for longest makes room: names that a client made up hide no real one for ever. */
const MAX_PLACES = 100;

/** Counts events by the place where they do not fit. */
export class PlanPlaces {
  readonly #places = new Map<
    string,
    { event: string; path: string | null; source: string | null; count: number }
  >();

  /** @returns the place's name, for one warning per place */
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

  /** The one that was seen last comes last. */
  all(): PlanPlace[] {
    return Array.from(this.#places.values(), (place) => ({ ...place }));
  }
}
