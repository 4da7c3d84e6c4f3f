import type { LaneEntries } from '../format/record.js';
import { matches, matchingLanes, type EventFilter, type Filtered } from './event-filter.js';

/** A record as a replay sees it. */
export interface Replayable extends Filtered {
  /** The command that copied it. */
  readonly replay?: string | undefined;
  /** The entries of its lanes. */
  readonly entries?: LaneEntries | undefined;
}

/** The default. Values of identify(), group() and alias() may be out of date. */
const TYPES = ['track'] as const;

/**
 * The lanes that an event is sent to again; none if the filter does not select it. Skips copies of an earlier replay, because the
 * original is selected itself or was dropped. Also skips lanes in which the event is pending, or that must never get it.
 *
 * @param known all lanes, for `all`; no other lane can be sent to
 */
export function replayLanes(
  event: Replayable,
  filter: EventFilter,
  to: readonly string[] | 'all' | undefined,
  known: readonly string[],
): string[] {
  const { types = TYPES } = filter;
  if (event.replay !== undefined || !matches(event, { ...filter, types })) return [];
  const asked = to === 'all' ? known : to;
  const wanted = asked ?? matchingLanes(event.ends, filter);
  const pending = new Set(event.ends.filter(({ state }) => state === 'pending').map(({ lane }) => lane));
  return known.filter(
    (lane) => wanted.includes(lane) && !pending.has(lane) && event.entries?.[lane]?.withheld === undefined,
  );
}
