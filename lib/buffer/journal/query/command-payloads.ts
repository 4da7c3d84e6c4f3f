import type { LaneAccount } from '../../event-buffer.js';
import {
  hasExactShape,
  isNumber,
  isText,
  listOf,
  optional,
  type Check,
  type Shape,
} from '../format/shape.js';
import { isAccount } from '../ownership/accounts.js';
import type { CommandKind } from '../ownership/command.js';
import type { EventFilter } from './event-filter.js';
import { importedEvent, type ImportedEvent } from './imported-event.js';

/** The payload of each kind of command. */
export interface CommandPayloads {
  /** Sends events again, with the same ids and times. See `replayLanes`. */
  readonly replay: {
    readonly filter: EventFilter;
    /** Destinations that get them. Absent: those of each event that match the filter. */
    readonly to?: readonly string[] | 'all' | undefined;
    /** Events a second, for each owner. Absent: no limit. */
    readonly rate?: number | undefined;
  };
  /** Puts dead letters back into the queue of their destination. */
  readonly 'dead.retry': { readonly filter: EventFilter };
  /** Drops dead letters, for the user's reason. */
  readonly 'dead.drop': { readonly filter: EventFilter; readonly reason: string };
  readonly erase: ErasePayload;
  /** Moves pending events of an account without a destination to another account. */
  readonly move: { readonly from: LaneAccount; readonly to: LaneAccount };
  /** Imports events of an export for one destination, with their ids and times. */
  readonly import: { readonly to: string; readonly events: readonly ImportedEvent[] };
}

/** Removes every trace of a person. See `PersonToErase`. */
export interface ErasePayload {
  readonly userIds: readonly string[];
  readonly anonymousIds: readonly string[];
  /** A property at a path such as `customer.email` that has this value, compared as text. */
  readonly properties: readonly { readonly path: string; readonly value: string }[];
}

const isTexts = listOf(isText);
const FILTER: Shape = {
  since: optional(isNumber),
  until: optional(isNumber),
  ids: optional(isTexts),
  names: optional(isTexts),
  userIds: optional(isTexts),
  anonymousIds: optional(isTexts),
  destinations: optional(isTexts),
  types: optional(isTexts),
  states: optional(isTexts),
  text: optional(isText),
};
const isFilter: Check = (value) => hasExactShape(value, FILTER);

const PAYLOADS: Readonly<Record<CommandKind, Shape>> = {
  replay: {
    filter: isFilter,
    to: optional((to) => to === 'all' || isTexts(to)),
    rate: optional((rate) => isNumber(rate) && rate > 0),
  },
  'dead.retry': { filter: isFilter },
  'dead.drop': { filter: isFilter, reason: isText },
  erase: {
    userIds: isTexts,
    anonymousIds: isTexts,
    properties: listOf((one) => hasExactShape(one, { path: isText, value: isText })),
  },
  move: { from: isAccount, to: isAccount },
  import: { to: isText, events: listOf((one) => importedEvent(one) !== undefined) },
};

/** The payload of a command; `undefined` if it does not fit its kind, as from another version of the command line. */
export function readPayload<K extends CommandKind>(
  kind: K,
  payload: unknown,
): CommandPayloads[K] | undefined {
  return hasExactShape(payload, PAYLOADS[kind]) ? (payload as unknown as CommandPayloads[K]) : undefined;
}

/** The result of a command in the folders of one owner. */
export interface CommandCounts {
  /** Events, each once, whatever the number of its destinations. */
  readonly events: number;
  /** Events of each destination. */
  readonly lanes: Readonly<Record<string, number>>;
}

/** Counts the events that a command changed. */
export class Tally {
  events = 0;
  readonly #lanes = new Map<string, number>();

  /** Adds events of these lanes. */
  add(lanes: Iterable<string>, events = 1): void {
    this.events += events;
    for (const lane of lanes) this.#lanes.set(lane, (this.#lanes.get(lane) ?? 0) + events);
  }

  get counts(): CommandCounts {
    return { events: this.events, lanes: Object.fromEntries(this.#lanes) };
  }
}
