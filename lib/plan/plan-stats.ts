/** Where events do not fit the plan. */
export interface PlanPlace {
  readonly event: string;
  /**
   * The property, such as `items[].price`; '' for the properties as a whole; null if the plan has no such event. A key
   * that does not look like a name is shown as `*`, because it may be an id.
   */
  readonly path: string | null;
  /** The code that recorded the event, such as `OrdersController.create`; null if unknown. */
  readonly source: string | null;
  /** Events since the place was added to the list. */
  readonly count: number;
}

/** How well events fit the plan; a plain snapshot. */
export interface PlanStats {
  /** Events whose properties did not fit, whether they were recorded or rejected. */
  readonly violations: number;
  /** Events whose name is not in the plan. */
  readonly unlisted: number;
  /** The 100 most recent places of such events, the latest last. */
  readonly places: readonly PlanPlace[];
}

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
