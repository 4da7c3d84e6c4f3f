import type { ImportedEvent } from './imported-event.js';
import type { LaneAccount } from '../../event-buffer.js';
import type { EventFilter } from './event-filter.js';

/** Sends events again, with the same ids and times. See `replayLanes`. */
export interface ReplayPayload {
  readonly filter: EventFilter;
  /** Destinations that get them. Absent: those of each event that match the filter. */
  readonly to?: readonly string[] | 'all' | undefined;
  /** Events a second, for each owner. Absent: no limit. */
  readonly rate?: number | undefined;
}

/** Puts dead letters back into the queue of their destination. */
export interface DeadRetryPayload {
  readonly filter: EventFilter;
}

/** Drops dead letters. */
export interface DeadDropPayload {
  readonly filter: EventFilter;
  /** The user's reason. */
  readonly reason: string;
}

/** Removes every trace of a person. See `concerns`. */
export interface ErasePayload {
  readonly userIds: readonly string[];
  readonly anonymousIds: readonly string[];
  /** A property at a path such as `customer.email` that has this value, compared as text. */
  readonly properties: readonly { readonly path: string; readonly value: string }[];
}

/** Moves pending events of an account without a destination to another account. */
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

/** The payload of each kind of command. */
export interface CommandPayloads {
  readonly replay: ReplayPayload;
  readonly 'dead.retry': DeadRetryPayload;
  readonly 'dead.drop': DeadDropPayload;
  readonly erase: ErasePayload;
  readonly move: MovePayload;
  readonly import: ImportPayload;
}

/** The result of a command in the folders of one owner. */
export interface CommandCounts {
  /** Events, each once, whatever the number of its destinations. */
  readonly events: number;
  /** Events of each destination. */
  readonly lanes: Readonly<Record<string, number>>;
}
