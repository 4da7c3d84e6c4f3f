import type { Reason } from '../event/reasons.js';
import { snapshot } from '../event/snapshot.js';
import { OversizeError } from '../event/unserialisable.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { isUsable, normaliseId, normaliseIdentity } from '../identity/normalise-identity.js';
import { isEventName } from './event-name.js';
import type { EventParts } from './event-parts.js';
import { epochMs } from '../event/event-time.js';

/** A hook of the application that gets every event before it is buffered. */
export type Redact = (event: TrackingEvent) => TrackingEvent | undefined;

/**
 * What the hook made of an event, checked like anything from outside; a reason where it is not to be sent. It may change
 * what the event says and about whom, not its id, type, acceptance or lanes.
 */
export function redact(hook: Redact, event: TrackingEvent, maxBytes: number): EventParts | Reason {
  const { type } = event;
  try {
    const result: unknown = hook(event);
    if (result === undefined || result === null) return 'redacted';
    if (typeof result !== 'object') return 'redact_error';
    // Each member is read once: what was checked is what is kept.
    const { then, name, timestamp, userId, anonymousId, groupId, previousId, properties, context } =
      result as Partial<TrackingEvent> & { then?: unknown };
    if (typeof then === 'function') {
      Promise.resolve(result).catch(() => undefined);
      return 'redact_error';
    }
    const who = normaliseIdentity({ userId, anonymousId });
    if (!isUsable(who)) return 'no_identity';
    const ms = epochMs(timestamp);
    const group = normaliseId(groupId);
    const previous = normaliseId(previousId);
    if (!isEventName(name) || Number.isNaN(ms)) return 'redact_error';
    if ((type === 'group' && group === undefined) || (type === 'alias' && previous === undefined)) {
      return 'redact_error';
    }
    return {
      name,
      timestamp: ms,
      who,
      groupId: group,
      previousId: previous,
      properties: snapshot(properties as object, maxBytes),
      context: context === undefined || context === null ? undefined : snapshot(context, maxBytes),
    };
  } catch (error) {
    return error instanceof OversizeError ? 'too_large' : 'redact_error';
  }
}
