import type { EventJson } from '../../../event/event-json.js';
import type { LaneEntry } from '../../../event/lane-event.js';
import type { JsonValue } from '../../../event/tracking-event.js';
import type { ErasePayload } from './command-payloads.js';

/** Whether a lane's entry names the person: by a browser id, the id of a stripped event, or a mapped property. */
export function concernsLane(
  { browser, stripped, properties: mapped }: LaneEntry,
  payload: ErasePayload,
): boolean {
  const ids = [browser?.anonymousId, stripped?.id, stripped?.anonymousId];
  return (
    ids.some((id) => id !== undefined && isOneOf(id, payload)) ||
    (mapped !== undefined &&
      payload.properties.some(({ path, value }) => textsAt(mapped, path).includes(value)))
  );
}

/** Whether an event is about the person to erase: by any id in any of its roles, or by a property. */
export function concerns(event: EventJson, payload: ErasePayload): boolean {
  const people = [event.userId, event.previousId, event.anonymousId];
  return (
    people.some((id) => id !== undefined && isOneOf(id, payload)) ||
    payload.properties.some(({ path, value }) => valuesAt(event, path).includes(value))
  );
}

function isOneOf(id: string, { userIds, anonymousIds }: ErasePayload): boolean {
  return userIds.includes(id) || anonymousIds.includes(id);
}

/** A value of the properties, or of the context, as text: `customer.email`, also if a name contains a dot. */
function valuesAt({ properties, context }: EventJson, path: string): string[] {
  return [...textsAt(properties, path), ...textsAt(context, path)];
}

function textsAt(value: JsonValue, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => textsAt(item, path));
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === path) return textsOf(member as JsonValue);
    return path.startsWith(`${name}.`) ? textsAt(member as JsonValue, path.slice(name.length + 1)) : [];
  });
}

function textsOf(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => textsOf(item));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [String(value)]
    : [];
}
