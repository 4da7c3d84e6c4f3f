import type { LaneEntries } from '../format/record.js';
import { matches, matchingLanes, type EventFilter, type Filtered } from './event-filter.js';

/** A record as a replay sees it. */
export interface Replayable extends Filtered {
  /** The command that it is a copy for. */
  readonly replay?: string | undefined;
  /** The entries of its lanes. */
  readonly entries?: LaneEntries | undefined;
}

/** The default. Values of identify(), group() and alias() may be out of date. */
const TYPES = ['track'] as const;

/**
 * The destinations that an event is sent to again; none where it is not meant. A copy that an earlier replay made is passed
 * over, because its original is there or was given up; so is a destination that the event still waits for, or that must never
 * get it.
 *
 * @param known all destinations, for `all`; others than these cannot be sent to
 */
export function replayLanes(
  event: Replayable,
  filter: EventFilter,
  to: readonly string[] | 'all' | undefined,
  known: readonly string[],
): string[] {
  const { types = TYPES } = filter;
  if (event.replay !== undefined || !matches(event, { ...filter, types })) return [];
  const wanted = to === undefined ? matchingLanes(event.ends, filter) : to === 'all' ? known : to;
  const waiting = new Set(event.ends.filter(({ state }) => state === 'pending').map(({ lane }) => lane));
  return known.filter(
    (lane) => wanted.includes(lane) && !waiting.has(lane) && event.entries?.[lane]?.withheld === undefined,
  );
}
