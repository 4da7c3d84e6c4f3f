/** Where events do not fit the plan. */
export interface PlanPlace {
  readonly event: string;
  /**
   * The property, such as `items[].price`; '' for the properties as a whole; null where the plan has no such event. What
   * does not look like a name is told as `*`, because it may be an id.
   */
  readonly path: string | null;
  /** The code that it came from, such as `OrdersController.create`; null where that is not known. */
  readonly source: string | null;
  /** Events, since the place came into the list. */
  readonly count: number;
}

/** How well events fit the plan; a plain snapshot. */
export interface PlanStats {
  /** Events whose properties did not fit, whatever became of them. */
  readonly violations: number;
  /** Events whose name is not in the plan. */
  readonly unlisted: number;
  /** The 100 places where that happened most recently, the latest one last. */
  readonly places: readonly PlanPlace[];
}
