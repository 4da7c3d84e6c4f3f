import type { TrackingEvent } from '../../event/tracking-event.js';
import type { TrackingService } from '../../tracking.service.js';
import { aSample, allTypes } from './sample-events.js';

/** Records events by the calls that an application makes. Returns the ids of those that were accepted. */
export function giveAll(service: TrackingService, events: readonly TrackingEvent[] = allTypes()): string[] {
  return events.flatMap((event) => give(service, event) ?? []);
}

/** Some tracks, and one event of each other type. */
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
