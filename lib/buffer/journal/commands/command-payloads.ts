import type { ImportedEvent } from './imported-event.js';
import type { LaneAccount } from '../../event-buffer.js';
import type { EventFilter } from './event-filter.js';

/** Sends events again: new records of the same events, with the same ids and times. See `replayLanes`. */
export interface ReplayPayload {
  readonly filter: EventFilter;
  /** Destinations that get them, `all` for every one that there is. Absent: those of each event that the filter means. */
  readonly to?: readonly string[] | 'all' | undefined;
  /** Events a second, of one owner. Absent: as fast as the destinations take them. */
  readonly rate?: number | undefined;
}

/** Puts dead letters back into the queue of their destination. */
export interface DeadRetryPayload {
  readonly filter: EventFilter;
}

/** Gives dead letters up. */
export interface DeadDropPayload {
  readonly filter: EventFilter;
  /** Why, in the words of whoever does it. */
  readonly reason: string;
}

/** Removes every trace of a person. See `concerns`. */
export interface ErasePayload {
  readonly userIds: readonly string[];
  readonly anonymousIds: readonly string[];
  /** A property at a path such as `customer.email` that has this value, compared as text. */
  readonly properties: readonly { readonly path: string; readonly value: string }[];
}

/** Releases what is pending for one account to another one, in folders that nobody delivers. */
export interface MovePayload {
  readonly from: LaneAccount;
  readonly to: LaneAccount;
}

/** Imports events of an export, with their ids and times. */
export interface ImportPayload {
  /** The destination that gets them. */
  readonly to: string;
  readonly events: readonly ImportedEvent[];
}

/** What each kind of command carries. */
export interface CommandPayloads {
  readonly replay: ReplayPayload;
  readonly 'dead.retry': DeadRetryPayload;
  readonly 'dead.drop': DeadDropPayload;
  readonly erase: ErasePayload;
  readonly move: MovePayload;
  readonly import: ImportPayload;
}

/** What came of a command in one owner's folders: the value of its result. */
export interface CommandCounts {
  /** Events, each once, whatever the number of its destinations. */
  readonly events: number;
  /** Events of each destination. */
  readonly lanes: Readonly<Record<string, number>>;
}
