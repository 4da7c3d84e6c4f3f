import type { JsonObject, TrackingEvent } from './tracking-event.js';

/**
 * Members of a context that identify a person, or that join an event with others of the same visit or with the logs of its
 * request.
 */
const PERSONAL: ReadonlySet<string> = new Set([
  'ip',
  'userAgent',
  'referrer',
  'sessions',
  'requestId',
  'traceparent',
  'traceId',
]);

/** The ids of an event without its person. */
export interface NobodysIds {
  readonly id: string;
  readonly anonymousId: string;
}

/** A context without members that identify its person; undefined if nothing is left. */
export function impersonal(context: JsonObject | undefined): JsonObject | undefined {
  const kept = Object.entries(context ?? {}).filter(([name]) => !PERSONAL.has(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** An event without its person, under other ids. Members are listed, so a new one is left out until it is added here. */
export function withoutPerson(event: TrackingEvent, { id, anonymousId }: NobodysIds): TrackingEvent {
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
