import type { TrackingEvent } from '../../event/tracking-event.js';

/** 2026-01-01T00:00:00Z, where the virtual clock begins. */
export const START = 1_767_225_600_000;
const HOUR_MS = 3_600_000;

/** The events of all samples differ in every member, so that each value can be found in a request. */
let made = 0;

/** A plain event of today, with values that appear nowhere else. */
export function aSample(members: Partial<TrackingEvent> = {}): TrackingEvent {
  const { type = 'track' } = members;
  const n = ++made % 1_000_000;
  return {
    id: `01930000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    type,
    name: type === 'track' ? 'Order Completed' : type,
    timestamp: START - HOUR_MS - (n % 1_000) * 1_000,
    acceptedAt: START - HOUR_MS,
    userId: `person-${n}`,
    ...(type === 'group' && { groupId: `company-${n}` }),
    ...(type === 'alias' && { previousId: `visitor-${n}` }),
    properties: type === 'alias' ? {} : { plan: `plan-${n}`, revenue: 49.95, items: ['teapot', 'cup'] },
    lanes: ['conformance'],
    ...members,
  };
}

/** One event of each type. */
export function allTypes(): TrackingEvent[] {
  return (['track', 'identify', 'group', 'alias'] as const).map((type) => aSample({ type }));
}
