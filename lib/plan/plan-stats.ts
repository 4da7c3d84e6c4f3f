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
