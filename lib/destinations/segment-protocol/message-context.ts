import type { JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';
import { objectOf } from '../json-object.js';
import { pageUrl } from '../page-url.js';

const LIBRARY = Object.freeze({ name: 'nestjs-tracking', version: PACKAGE_VERSION });

/**
 * The `context` of a message: as recorded, with `library`, the groups, and the page. A `groupId` is only for an event with one
 * group: the protocol has no place for the types of several, and `groups` has all of them.
 */
export function messageContext(event: TrackingEvent): Record<string, JsonValue> {
  const { context, groups, groupType } = event;
  const made: Record<string, JsonValue> =
    context === undefined ? { library: LIBRARY } : { ...withPage(event), library: LIBRARY };
  if (groups !== undefined) {
    made['groups'] = groups;
    const ids = Object.values(groups);
    if (ids.length === 1) made['groupId'] = context?.['groupId'] ?? ids[0];
  }
  if (groupType !== undefined) made['groupType'] = groupType;
  return made;
}

/** In the protocol `referrer` is an object about the visit's origin: a text is the page that called the API. */
function withPage(event: TrackingEvent): TrackingEvent['context'] {
  const { context } = event;
  if (typeof context?.['referrer'] !== 'string') return context;
  const { referrer: _, page, ...others } = context;
  return { ...others, page: { ...(objectOf(page) as Record<string, JsonValue>), url: pageUrl(event) } };
}
