import type { BrowserIdsByDestination } from '../../../event/browser-ids.js';
import { typeIn, type EventJson } from '../../../event/event-json.js';

/** Where one event is for one of its destinations, as a journal's files tell. */
export type LaneState =
  | 'pending'
  | 'delivered'
  /** A dead letter. */
  | 'dead'
  | 'dropped'
  /** Was a dead letter; a later record of the same event carries it on. */
  | 'redriven';

/** The states, in the order in which they are shown. */
export const LANE_STATES = ['pending', 'delivered', 'dead', 'dropped', 'redriven'] as const;

/** One destination of one event, and where the event is on its way there. */
export interface LaneEnd {
  readonly lane: string;
  readonly state: LaneState;
  /** Of `dead` and `dropped`. */
  readonly reason?: string | undefined;
  /** When it got there, in epoch milliseconds; absent while it is pending. */
  readonly at?: number | undefined;
}

/**
 * Which events are meant. Plain JSON, because it travels in a command's file. What is absent does not matter, what is there
 * must all hold; of a list, one must.
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
  readonly states?: readonly LaneState[] | undefined;
  /** Stands somewhere in the event, whatever its case. */
  readonly text?: string | undefined;
}

/** What a filter looks at. */
export interface Filtered {
  readonly id: string;
  /** The event's JSON as it is stored, which is cheaper to look at than the event. */
  readonly json: string;
  readonly acceptedAt: number;
  /** May be read from `json` when it is asked for. */
  readonly event: EventJson;
  /** The ids of the person in the destinations' browser libraries. */
  readonly browserIds?: BrowserIdsByDestination | undefined;
  readonly ends: readonly LaneEnd[];
}

/** Whether an event is meant. What is cheap to tell is asked first. */
export function matches(filtered: Filtered, filter: EventFilter): boolean {
  if (filter.ids !== undefined && !filter.ids.includes(filtered.id)) return false;
  if (filter.since !== undefined && !(filtered.acceptedAt >= filter.since)) return false;
  if (filter.until !== undefined && !(filtered.acceptedAt < filter.until)) return false;
  if (!matchesEnds(filtered.ends, filter)) return false;
  if (filter.types !== undefined && !filter.types.includes(typeIn(filtered.json))) return false;
  if (filter.text !== undefined && !holdsText(filtered.json, filter.text)) return false;
  if (filter.names !== undefined && !filter.names.includes(filtered.event.name)) return false;
  return matchesPerson(filtered, filter);
}

/** The destinations of an event that are meant: those of `destinations` in one of `states`. */
export function matchingLanes(ends: readonly LaneEnd[], filter: EventFilter): string[] {
  return ends.filter((end) => matchesEnd(end, filter)).map((end) => end.lane);
}

function matchesEnds(ends: readonly LaneEnd[], filter: EventFilter): boolean {
  if (filter.destinations === undefined && filter.states === undefined) return true;
  return ends.some((end) => matchesEnd(end, filter));
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
function holdsText(json: string, text: string): boolean {
  const lower = json.toLowerCase();
  return (
    lower.includes(text.toLowerCase()) || lower.includes(JSON.stringify(text).slice(1, -1).toLowerCase())
  );
}
