import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { Identity } from '../event/identity.js';
import type { Reason } from '../event/reasons.js';
import { snapshot } from '../event/snapshot.js';
import { OversizeError } from '../event/unserialisable.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { disown } from '../host/disown.js';
import { isUsable, normaliseId, normaliseIds, withBrowserIds } from '../identity/normalise-identity.js';
import { isEventName } from '../event/event-name.js';
import type { EventParts } from './event-parts.js';
import { normaliseGroups } from './groups.js';
import { epochMs } from '../event/event-time.js';

/** A hook of the application that gets every event before it is buffered. */
export type Redact = (event: TrackingEvent) => TrackingEvent | undefined;

/**
 * What the hook made of an event, checked like anything from outside; a reason where it is not to be sent. It may change
 * what the event says and about whom, not its id, type, acceptance or lanes.
 */
export function redact(hook: Redact, event: TrackingEvent, maxBytes: number): EventParts | Reason {
  // As they were: a hook may change the event in place.
  const { type, groupType: typeOfGroup } = event;
  const before: Identified = {
    userId: event.userId,
    anonymousId: event.anonymousId,
    browserIds: event.browserIds,
  };
  try {
    const result: unknown = hook(event);
    if (result === undefined || result === null) return 'redacted';
    if (typeof result !== 'object') return 'redact_error';
    // Each member is read once: what was checked is what is kept.
    const {
      then,
      name,
      timestamp,
      userId,
      anonymousId,
      browserIds,
      groups,
      groupId,
      groupType,
      previousId,
      properties,
      context,
    } = result as Partial<TrackingEvent> & { then?: unknown };
    if (typeof then === 'function') {
      Promise.resolve(result).catch(() => undefined);
      return 'redact_error';
    }
    disown(name, timestamp, userId, anonymousId, groups, groupId, groupType, previousId, properties, context);
    const ids = normaliseIds(userId, anonymousId);
    const who =
      ids === undefined || isUsable(ids)
        ? withBrowserIds(ids, sameBrowser(before, ids, browserIds))
        : undefined;
    if (!isUsable(who)) return 'no_identity';
    const ms = epochMs(timestamp);
    const group = normaliseId(groupId);
    const previous = normaliseId(previousId);
    // Without its type, the group would be one of the destination's default type: another one.
    let isUnusable = typeOfGroup !== undefined && !isEventName(groupType);
    const belongsTo = normaliseGroups(groups, () => {
      isUnusable = true;
    });
    if (isUnusable) return 'redact_error';
    if (!isEventName(name) || Number.isNaN(ms)) return 'redact_error';
    if ((type === 'group' && group === undefined) || (type === 'alias' && previous === undefined)) {
      return 'redact_error';
    }
    return {
      name,
      timestamp: ms,
      who,
      ...(!isSamePerson(before, ids) && { isReattributed: true }),
      groups: belongsTo,
      groupId: group,
      groupType: typeOfGroup === undefined ? undefined : groupType,
      previousId: previous,
      properties: snapshot(properties as object, maxBytes),
      context: context === undefined || context === null ? undefined : snapshot(context, maxBytes),
    };
  } catch (error) {
    return error instanceof OversizeError ? 'too_large' : 'redact_error';
  }
}

type Identified = Pick<TrackingEvent, 'userId' | 'anonymousId' | 'browserIds'>;

function isSamePerson({ userId, anonymousId }: Identified, ids: Identity | undefined): boolean {
  return ids?.userId === userId && ids?.anonymousId === anonymousId;
}

/** The browser ids, unless the hook changed them or the event's person: another person has another browser. */
function sameBrowser(
  before: Identified,
  ids: Identity | undefined,
  returned: unknown,
): BrowserIdsByDestination | undefined {
  const { browserIds } = before;
  const isSame =
    isSamePerson(before, ids) &&
    (returned === browserIds || JSON.stringify(returned) === JSON.stringify(browserIds));
  return isSame ? browserIds : undefined;
}
