import type { PlanPlace } from './plan-stats.js';

/** Past this, places are counted in the sums only. */
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
    const place = this.#places.get(key);
    if (place !== undefined) place.count++;
    else if (this.#places.size < MAX_PLACES) this.#places.set(key, { event, path, source, count: 1 });
    return key;
  }

  all(): PlanPlace[] {
    return Array.from(this.#places.values(), (place) => ({ ...place }));
  }
}
