import type { JsonObject, JsonValue, TrackingEvent } from '../event/tracking-event.js';

/** A deep copy of an event for code of the application, which may change it. */
export function shown(event: TrackingEvent): TrackingEvent {
  const copy = {
    ...event,
    ...(event.groups !== undefined && { groups: { ...event.groups } }),
    properties: copyOf(event.properties) as JsonObject,
    lanes: event.lanes.slice(),
  };
  return event.context === undefined ? copy : { ...copy, context: copyOf(event.context) as JsonObject };
}

export function copyOf(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(copyOf);
  const copy: Record<string, JsonValue> = { ...(value as JsonObject) };
  const names = Object.keys(copy);
  for (let i = 0; i < names.length; i++) {
    const member = copy[names[i]!];
    if (typeof member === 'object' && member !== null) copy[names[i]!] = copyOf(member);
  }
  return copy;
}
