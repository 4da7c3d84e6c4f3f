/** What happens to an event when there is no room. */
export type OnFull =
  /** The oldest event makes room; counted as `dropped.buffer_full` in the lanes that still waited for it. */
  | 'dropOldest'
  /** The new event is refused; counted as `rejected.buffer_full`, or `declined.buffer_full` of the lanes that are full. */
  | 'rejectNewest';

/** Options of `memory()`. */
export interface MemoryOptions {
  /** Events that may wait, over all destinations. Default 200,000. */
  readonly maxEvents?: number;
  /** Resident bytes that waiting events may take, as estimated from their content. Default 134,217,728 (128 MiB). */
  readonly maxBytes?: number;
  /** Default `dropOldest`. It concerns the destinations that lag: one that is up never suffers for one that is down. */
  readonly onFull?: OnFull;
}
