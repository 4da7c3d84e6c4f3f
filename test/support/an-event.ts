import { keyedId, newId } from '../../lib/event/event-id.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';

/** 2026-01-01T00:00:00Z, where the manual clock begins. */
export const NEW_YEAR = 1_767_225_600_000;

/** An accepted event, with plain values for all members that a test does not set. */
export function anEvent(members: Partial<TrackingEvent> = {}): TrackingEvent {
  return {
    id: newId(NEW_YEAR),
    type: 'track',
    name: 'Signed Up',
    timestamp: NEW_YEAR,
    acceptedAt: NEW_YEAR,
    userId: 'user-1001',
    properties: {},
    lanes: ['shop'],
    ...members,
  };
}

/** The same with an idempotency key. */
export function aKeyedEvent(key: string, members: Partial<TrackingEvent> = {}): TrackingEvent {
  const event = anEvent(members);
  return { ...event, id: keyedId('test', event.type, event.name, key) };
}
