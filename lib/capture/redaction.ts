import type { Reason } from '../event/reasons.js';
import { OversizeError, snapshot } from '../event/snapshot.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { normaliseIdentity } from '../identity/normalise-identity.js';
import { isEventName } from './event-name.js';
import type { EventParts } from './event-parts.js';
import { epochMs } from './event-time.js';

/** The application's hook that sees every event before anything is buffered. */
export type Redact = (event: TrackingEvent) => TrackingEvent | undefined;

/**
 * What the hook made of an event, checked like anything from outside; a reason where it is not to be sent. It may change
 * what the event says and about whom, not its id, type, acceptance or lanes.
 */
export function redact(hook: Redact, event: TrackingEvent, maxBytes: number): EventParts | Reason {
  try {
    const result = hook(event) as TrackingEvent | undefined | null;
    if (result === undefined || result === null) return 'redacted';
    if (typeof (result as { then?: unknown }).then === 'function') {
      Promise.resolve(result).catch(() => undefined);
      return 'redact_error';
    }
    const who = normaliseIdentity(result);
    if (who === undefined) return 'no_identity';
    const timestamp = epochMs(result.timestamp);
    if (!isEventName(result.name) || Number.isNaN(timestamp)) return 'redact_error';
    return {
      name: result.name,
      timestamp,
      who,
      groupId: result.groupId,
      previousId: result.previousId,
      properties: snapshot(result.properties, maxBytes),
      context: result.context === undefined ? undefined : snapshot(result.context, maxBytes),
    };
  } catch (error) {
    return error instanceof OversizeError ? 'too_large' : 'redact_error';
  }
}
