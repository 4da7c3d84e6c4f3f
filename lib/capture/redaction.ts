import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { Identity } from '../event/identity.js';
import { snapshot } from '../event/snapshot.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { disown } from '../host/disown.js';
import { isUsable, normaliseId, normaliseIds, withBrowserIds } from '../identity/normalise-identity.js';
import { isEventName } from '../event/event-name.js';
import type { EventParts } from './made-event.js';
import { isOversize, Refusal } from './call-end.js';
import { normaliseGroups } from './groups.js';
import { epochMs } from '../event/event-time.js';

/** A hook of the application that gets every event before it is buffered. */
export type Redact = (event: TrackingEvent) => TrackingEvent | undefined;

/**
 * The result of the hook for an event, checked like any input. The hook may change the content and the person, but not the id,
 * type, acceptance or lanes.
 */
export function redact(hook: Redact, event: TrackingEvent, maxBytes: number): EventParts | Refusal {
  // Read before, because a hook may change the event in place.
  const { type, groupType: typeOfGroup } = event;
  const before: Identified = {
    userId: event.userId,
    anonymousId: event.anonymousId,
    browserIds: event.browserIds,
  };
  try {
    const result: unknown = hook(event);
    if (result === undefined || result === null) return new Refusal('redacted');
    if (typeof result !== 'object') return new Refusal('redact_error');
    // Each member is read once, so that the checked value is the kept one.
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
    disown(result);
    if (typeof then === 'function') return new Refusal('redact_error');
    disown(name, timestamp, userId, anonymousId, groups, groupId, groupType, previousId, properties, context);
    const ids = normaliseIds(userId, anonymousId);
    const who =
      ids === undefined || isUsable(ids)
        ? withBrowserIds(ids, sameBrowser(before, ids, browserIds))
        : undefined;
    if (!isUsable(who)) return new Refusal('no_identity');
    const ms = epochMs(timestamp);
    const group = normaliseId(groupId);
    const previous = normaliseId(previousId);
    // Without its type, the group would be another one: of the destination's default type.
    let isUnusable = typeOfGroup !== undefined && !isEventName(groupType);
    const belongsTo = normaliseGroups(groups, () => {
      isUnusable = true;
    });
    const lacksId = (type === 'group' && group === undefined) || (type === 'alias' && previous === undefined);
    if (isUnusable || lacksId || !isEventName(name) || Number.isNaN(ms)) return new Refusal('redact_error');
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
    return new Refusal(isOversize(error) ? 'too_large' : 'redact_error');
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
