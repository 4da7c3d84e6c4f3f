import type { StoredEvent } from '../../buffer/event-buffer.js';
import type { HeldEvent } from '../../event/lane-event.js';
import type { EventType, JsonObject } from '../../event/tracking-event.js';

/** The facts on which the order of an `identify`, `group` or `alias` depends. */
export interface PersonCall {
  readonly type: EventType;
  readonly userId: string | undefined;
  /** One key for each id of the person, and for the group. Two calls with a common key keep their order. */
  readonly keys: readonly string[];
  /** The key of the group; undefined for other types. */
  readonly group: string | undefined;
  /** Names of the traits that it sets. */
  readonly names: readonly string[];
  readonly acceptedAt: number;
  /** Order of acceptance among the calls of this process; 0 for others, and for copies. */
  readonly position: number;
  /** The lane's number of the call, to distinguish calls that are otherwise equal. */
  readonly number: number;
}

/** The call of a stored event, as its lane sees it. */
export function personCall(held: StoredEvent, number: number): PersonCall {
  const { event, entry } = held;
  const { type, acceptedAt } = event;
  const { userId, ids } = personOf(held);
  const keys = [...new Set(ids)].filter((id) => id !== undefined).map(keyOfId);
  const isOfGroup = type === 'group' && entry?.stripped === undefined;
  const group = isOfGroup ? `g${JSON.stringify([event.groupType, event.groupId])}` : undefined;
  if (group !== undefined) keys.push(group);
  const traits = traitsOf(held);
  const names = Object.keys(traits).filter((name) => traits[name] !== undefined);
  const position = held.isCopy === true ? 0 : held.position;
  return { type, userId, keys, group, names, acceptedAt, position, number };
}

/** A `userId` and an `anonymousId` with the same text have one key, because an alias joins ids of both kinds. */
export function keyOfId(id: string): string {
  return `p${id}`;
}

/** The traits that the lane sends: those of `map`, if it returned some. */
export function traitsOf({ event, entry }: HeldEvent): JsonObject {
  return entry?.properties ?? event.properties;
}

function personOf({ event, entry }: HeldEvent): {
  readonly userId: string | undefined;
  readonly ids: readonly (string | undefined)[];
} {
  // A stripped event has its own anonymous id.
  if (entry?.stripped !== undefined) return { userId: undefined, ids: [entry.stripped.anonymousId] };
  const { userId, anonymousId = entry?.browser?.anonymousId, previousId } = event;
  return { userId, ids: [userId, anonymousId, previousId] };
}

/** Whether `one` was made after `other`. The wall clock decides only where the order of acceptance is not known. */
export function isNewer(one: PersonCall, other: PersonCall): boolean {
  if (one.position > 0 && other.position > 0) return one.position > other.position;
  if (one.acceptedAt !== other.acceptedAt) return one.acceptedAt > other.acceptedAt;
  return one.number > other.number;
}

/** Whether the newer call replaces the older one as a whole: it sets every trait, under every id. */
export function replaces(newer: PersonCall, older: PersonCall): boolean {
  return (
    newer.type === older.type &&
    newer.type !== 'alias' &&
    newer.userId === older.userId &&
    isNewer(newer, older) &&
    older.names.every((name) => newer.names.includes(name)) &&
    older.keys.every((key) => newer.keys.includes(key))
  );
}

/** The event without some of its traits, and without its JSON, which has them all. */
export function cutEvent(held: HeldEvent, names: ReadonlySet<string>): HeldEvent {
  const { event, entry } = held;
  const traits = Object.entries(traitsOf(held)).filter(([name]) => !names.has(name));
  const properties = Object.fromEntries(traits);
  if (entry?.properties === undefined) return { event: { ...event, properties }, entry };
  return { event, entry: { ...entry, properties } };
}
