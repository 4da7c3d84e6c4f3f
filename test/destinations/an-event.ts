import type { LaneEvent, LaneNote } from '../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { keyedId, newId } from '../../lib/event/event-id.js';

/** 2026-01-01T00:00:00Z, the first second of the platforms' examples. */
export const NEW_YEAR = 1_767_225_600_000;

/** An accepted event, with plain values for all members that a test does not set. */
export function anEvent(members: Partial<TrackingEvent> = {}): TrackingEvent {
  const { type = 'track' } = members;
  return {
    id: newId(NEW_YEAR),
    type,
    name: type === 'track' ? 'Signed Up' : type,
    timestamp: NEW_YEAR,
    acceptedAt: NEW_YEAR + 250,
    userId: 'user-1001',
    properties: {},
    lanes: ['kissmetrics'],
    ...members,
  };
}

/** The same with an idempotency key. */
export function aKeyedEvent(key: string, members: Partial<TrackingEvent> = {}): TrackingEvent {
  const event = anEvent(members);
  return { ...event, id: keyedId('test', event.type, event.name, key) };
}

/** An event as its lane passes it. */
export function inLane(event: TrackingEvent, note?: LaneNote): LaneEvent {
  return note === undefined ? { event } : { event, note };
}
