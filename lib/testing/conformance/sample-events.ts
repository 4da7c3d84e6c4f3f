import type { TrackingEvent } from '../../event/tracking-event.js';
import type { TrackingService } from '../../tracking.service.js';

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

export function allTypes(): TrackingEvent[] {
  return (['track', 'identify', 'group', 'alias'] as const).map((type) => aSample({ type }));
}

/** Records events by the calls that an application makes. Returns the ids of those that were accepted. */
export function giveAll(service: TrackingService, events: readonly TrackingEvent[] = allTypes()): string[] {
  return events.flatMap((event) => give(service, event) ?? []);
}

/** Records some tracks, and one event of each other type. */
export function giveSome(service: TrackingService): string[] {
  return giveAll(service, [aSample(), aSample(), ...allTypes()]);
}

function give(service: TrackingService, event: TrackingEvent): string | undefined {
  const { type, name, properties, timestamp, userId, anonymousId } = event;
  const options = { userId, anonymousId, timestamp };
  switch (type) {
    case 'track':
      return service.track(name, properties, options);
    case 'identify':
      return service.identify(properties, options);
    case 'group':
      return service.group(event.groupId!, properties, options);
    case 'alias':
      return service.alias(event.previousId!, userId!, { timestamp });
  }
}
