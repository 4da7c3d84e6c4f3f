import type { TrackingEvent } from '../../event/tracking-event.js';
import { visibleText } from '../../host/visible-text.js';

/** `track Order Completed | user-1001 | {"total":49}`: one line for any names and ids of a client. */
export function eventLine(event: TrackingEvent): string {
  const person = event.userId ?? event.anonymousId ?? '-';
  return visibleText([whatOf(event), person, JSON.stringify(event.properties)].join(' | '));
}

function whatOf({ type, name, groupId, previousId }: TrackingEvent): string {
  if (type === 'track') return `track ${name}`;
  return [type, groupId ?? previousId].filter((part) => part !== undefined).join(' ');
}
