import type { BrowserIdsByDestination } from '../../../event/browser-ids.js';
import { typeIn, type EventJson } from '../../../event/event-json.js';
import type { LaneEntries } from '../format/record.js';

/** The states of an event in one lane, in the order in which they are shown. */
export const EVENT_STATES = [
  'pending',
  'delivered',
  /** A dead letter. */
  'dead',
  'dropped',
  /** Was a dead letter; a later record of the same event replaces it. */
  'redriven',
] as const;

/** The state of an event in one lane, as the files of a journal show it. */
export type EventState = (typeof EVENT_STATES)[number];

/** The state of one event in one lane. */
export interface LaneEnd {
  readonly lane: string;
  readonly state: EventState;
  /** Of `dead` and `dropped`. */
  readonly reason?: string | undefined;
  /** When it was settled, in epoch milliseconds; absent while it is pending. */
  readonly at?: number | undefined;
}

/**
 * Selects events. Plain JSON, because it is written to a command's file. An event must fulfil every condition that is present,
 * and match one value of each list.
 */
export interface EventFilter {
  /** Accepted at this time or later, in epoch milliseconds. */
  readonly since?: number | undefined;
  /** Accepted before this time. */
  readonly until?: number | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Exact names; for other types than `track`, the word of the type. */
  readonly names?: readonly string[] | undefined;
  readonly userIds?: readonly string[] | undefined;
  readonly anonymousIds?: readonly string[] | undefined;
  /** Together with `states`: one of these destinations is in one of those states. */
  readonly destinations?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly states?: readonly EventState[] | undefined;
  /** A text that the event contains; upper and lower case are the same. */
  readonly text?: string | undefined;
}

/** The data that a filter checks. */
export interface Filtered {
  readonly id: string;
  /** The event's JSON as it is stored, which is cheaper to check than the event. */
  readonly json: string;
  readonly acceptedAt: number;
  /** May be parsed from `json` on demand. */
  readonly event: EventJson;
  /** The ids of the person in the destinations' browser libraries. */
  readonly browserIds?: BrowserIdsByDestination | undefined;
  readonly ends: readonly LaneEnd[];
}

/** Whether a filter may select an event of which only this is known. */
export function matchesIndex(
  { id, acceptedAt, ends }: Pick<Filtered, 'id' | 'acceptedAt' | 'ends'>,
  filter: EventFilter,
): boolean {
  if (filter.ids !== undefined && !filter.ids.includes(id)) return false;
  if (filter.since !== undefined && !(acceptedAt >= filter.since)) return false;
  if (filter.until !== undefined && !(acceptedAt < filter.until)) return false;
  if (filter.destinations === undefined && filter.states === undefined) return true;
  return ends.some((end) => matchesEnd(end, filter));
}

/** Whether a filter selects an event. Cheap conditions are checked first. */
export function matches(filtered: Filtered, filter: EventFilter): boolean {
  if (!matchesIndex(filtered, filter)) return false;
  if (filter.types !== undefined && !filter.types.includes(typeIn(filtered.json))) return false;
  if (filter.text !== undefined && !containsText(filtered.json, filter.text)) return false;
  if (filter.names !== undefined && !filter.names.includes(filtered.event.name)) return false;
  return matchesPerson(filtered, filter);
}

/** The lanes of an event that a filter selects: those of `destinations` in one of `states`. */
export function matchingLanes(ends: readonly LaneEnd[], filter: EventFilter): string[] {
  return ends.filter((end) => matchesEnd(end, filter)).map((end) => end.lane);
}

/** A record as a replay sees it. */
export interface Replayable extends Filtered {
  /** The command that copied it. */
  readonly replay?: string | undefined;
  /** The entries of its lanes. */
  readonly entries?: LaneEntries | undefined;
}

/** The default. Values of identify(), group() and alias() may be out of date. */
const REPLAYED_TYPES = ['track'] as const;

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
  const { types = REPLAYED_TYPES } = filter;
  if (event.replay !== undefined || !matches(event, { ...filter, types })) return [];
  const asked = to === 'all' ? known : to;
  const wanted = asked ?? matchingLanes(event.ends, filter);
  const pending = new Set(event.ends.filter(({ state }) => state === 'pending').map(({ lane }) => lane));
  return known.filter(
    (lane) => wanted.includes(lane) && !pending.has(lane) && event.entries?.[lane]?.withheld === undefined,
  );
}

function matchesEnd({ lane, state }: LaneEnd, { destinations, states }: EventFilter): boolean {
  return (
    (destinations === undefined || destinations.includes(lane)) &&
    (states === undefined || states.includes(state))
  );
}

function matchesPerson(filtered: Filtered, { userIds, anonymousIds }: EventFilter): boolean {
  if (userIds !== undefined && !oneOf(userIds, filtered.event.userId)) return false;
  if (anonymousIds === undefined || oneOf(anonymousIds, filtered.event.anonymousId)) return true;
  const ofBrowsers = Object.values(filtered.browserIds ?? {});
  return ofBrowsers.some(({ anonymousId }) => oneOf(anonymousIds, anonymousId));
}

function oneOf(wanted: readonly string[], value: string | undefined): boolean {
  return value !== undefined && wanted.includes(value);
}

/** Also finds text with quotes or backslashes, which JSON writes with an escape. */
function containsText(json: string, text: string): boolean {
  const lower = json.toLowerCase();
  return (
    lower.includes(text.toLowerCase()) || lower.includes(JSON.stringify(text).slice(1, -1).toLowerCase())
  );
}
