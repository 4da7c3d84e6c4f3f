/** How a full buffer makes room for an event. */
export type OnFull =
  /** The oldest event makes room; counted as `dropped.buffer_full` in the lanes that still waited for it. */
  | 'dropOldest'
  /** The new event is refused; counted as `rejected.buffer_full`, or `declined.buffer_full` of the lanes that are full. */
  | 'rejectNewest';

/** Options of `memory()`. */
export interface MemoryOptions {
  /** Limit of pending events, over all destinations. Default 200,000. */
  readonly maxEvents?: number | undefined;
  /** Limit of memory for pending events in bytes, estimated from their content. Default 134,217,728 (128 MiB). */
  readonly maxBytes?: number | undefined;
  /**
   * Default `dropOldest`. It applies to lagging destinations: one that is available never loses events because another
   * one is down.
   */
  readonly onFull?: OnFull | undefined;
}
