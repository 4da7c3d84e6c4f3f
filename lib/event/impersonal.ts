import type { JsonObject, JsonValue, TrackingEvent } from './tracking-event.js';

/**
 * Members of a context that identify a person, or that join an event with others of the same visit or with the logs of its
 * request. The last ones are of Segment's protocol.
 */
const PERSONAL: ReadonlySet<string> = new Set([
  'ip',
  'userAgent',
  'referrer',
  'sessions',
  'requestId',
  'traceparent',
  'traceId',
  'traits',
  'device',
  'externalIds',
  'userId',
  'anonymousId',
  'sessionId',
  'groupId',
  'groups',
  'location',
  'userAgentData',
]);

/** Members of a page that may identify a person: its referrer and the query of its URL. */
const PERSONAL_OF_PAGE: ReadonlySet<string> = new Set(['referrer', 'search']);

/** A context without members that identify its person; undefined if nothing is left. */
export function impersonal(context: JsonObject | undefined): JsonObject | undefined {
  const kept = Object.entries(context ?? {}).flatMap(([name, value]): [string, JsonValue][] => {
    if (PERSONAL.has(name)) return [];
    const shown = name === 'page' ? pageOf(value) : value;
    return shown === undefined ? [] : [[name, shown]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** A query may hold the id of a click on an ad, an email address or a token. */
function pageOf(page: JsonValue): JsonValue {
  if (typeof page === 'string') return withoutQuery(page);
  if (typeof page !== 'object' || page === null || Array.isArray(page)) return page;
  const kept = Object.entries(page as JsonObject)
    .filter(([name]) => !PERSONAL_OF_PAGE.has(name))
    .map(
      ([name, value]) =>
        [name, typeof value === 'string' && name !== 'title' ? withoutQuery(value) : value] as const,
    );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

/** An event without its person, under other ids. Members are listed, so a new one is left out until it is added here. */
export function withoutPerson(
  event: TrackingEvent,
  { id, anonymousId }: Required<Pick<TrackingEvent, 'id' | 'anonymousId'>>,
): TrackingEvent {
  const { type, name, timestamp, acceptedAt, properties, source, lanes } = event;
  const context = impersonal(event.context);
  return {
    id,
    type,
    name,
    timestamp,
    acceptedAt,
    anonymousId,
    properties,
    ...(context !== undefined && { context }),
    ...(source !== undefined && { source }),
    lanes,
  };
}
