import type { LaneEvent } from '../../event/lane-event.js';
import { clientOf } from './client.js';
import type { ParamChange } from './google-analytics.messages.js';
import { eventName } from './names.js';
import { paramsOf } from './params.js';

/** Called with each change and its subject: an event, a property of it, or a type of groups. */
export type ReportChange = (change: ParamChange, event: string, property?: string) => void;

/** The body of a request of the Measurement Protocol: one client, and its events. */
export function measurement(batch: readonly LaneEvent[], report: ReportChange): object {
  const [first] = batch;
  if (first === undefined) throw new RangeError('a request needs an event');
  const time = microsOf(first);
  return {
    ...clientOf(first, (change, type) => report(change, 'groups', type)),
    timestamp_micros: time,
    events: batch.map((held) => {
      const { event, browser } = held;
      const { text: name, changes } = eventName(event.name);
      for (const change of changes) report(change, event.name);
      const own = microsOf(held);
      return {
        name,
        params: paramsOf(event, browser?.sessionId, (change, property) =>
          report(change, event.name, property),
        ),
        // Events without a time use the time of the request.
        ...(own !== time && { timestamp_micros: own }),
      };
    }),
  };
}

function microsOf({ event }: LaneEvent): number {
  return event.timestamp * 1_000;
}
