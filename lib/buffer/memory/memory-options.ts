import { choice, count } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';

/** How a full buffer makes room for an event. */
export type OnFull =
  /** The oldest event is dropped; counted as `dropped.buffer_full` in the lanes in which it was pending. */
  | 'dropOldest'
  /** The new event is refused; counted as `rejected.buffer_full`, or `declined.buffer_full` of the lanes that are full. */
  | 'rejectNewest';

export const memoryRows = {
  /**
   * Limit of pending events, over all destinations.
   * @default 200,000
   */
  maxEvents: count(1).default(200_000),
  /**
   * Limit of memory for pending events in bytes, estimated from their content. The default is 128 MiB.
   * @default 134,217,728
   */
  maxBytes: count(1).default(134_217_728),
  /**
   * How a full buffer makes room. Only destinations that lag lose events.
   *
   * A destination that is available never loses events because another one is down.
   * @default 'dropOldest'
   */
  onFull: choice('dropOldest', 'rejectNewest').default('dropOldest'),
};

/** Options of `memory()`. */
export interface MemoryOptions extends OptionsOf<typeof memoryRows> {}
