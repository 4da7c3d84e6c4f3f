import { toEventJson } from '../../event/event-json.js';
import { isoTime } from '../../event/iso-time.js';
import type { CloudEventsOptions } from './cloud-events-options.js';
import type { JsonValue, TrackingEvent } from '../../event/tracking-event.js';

// In lower case, because the SDK for JavaScript (version 10) compares the text and knows no other form.
const ONE = 'application/cloudevents+json; charset=utf-8';
const BATCH = 'application/cloudevents-batch+json; charset=utf-8';

export function cloudEventsType({ batched }: CloudEventsOptions): string {
  return batched ? BATCH : ONE;
}

export function cloudEventsBody(events: readonly TrackingEvent[], options: CloudEventsOptions): string {
  const all = events.map((event) => cloudEvent(event, options));
  return JSON.stringify(options.batched ? all : all[0]);
}

/** One event; members that are undefined are left out of its JSON. Ids beside `subject` are extension attributes. */
function cloudEvent(event: TrackingEvent, options: CloudEventsOptions): Record<string, JsonValue> {
  const { source = '', typePrefix = '', data } = options;
  const {
    id,
    type,
    name,
    timestamp,
    userId,
    anonymousId,
    groupId,
    groupType,
    previousId,
    properties,
    context,
  } = event;
  const traceparent = context?.['traceparent'];
  return {
    specversion: '1.0',
    id,
    source,
    type: typePrefix + name,
    time: isoTime(timestamp),
    subject: userId ?? anonymousId,
    kind: type,
    userid: userId,
    anonymousid: anonymousId,
    groupid: groupId,
    grouptype: groupType,
    previousid: previousId,
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    datacontenttype: 'application/json',
    data: data === 'event' ? (toEventJson(event) as unknown as JsonValue) : properties,
  };
}
