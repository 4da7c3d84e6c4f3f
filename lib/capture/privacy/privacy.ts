import type { Reason } from '../../event/reasons.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type { EventParts } from '../event-parts.js';
import { redact } from '../redaction.js';
import type { Redact } from '../redaction.js';

/** What the application wants nobody to see. */
export interface PrivacySetup {
  readonly redact: Redact | undefined;
  readonly maxEventBytes: number;
}

/** All that stands between what a call said and what is buffered of it. */
export class Privacy {
  constructor(private readonly setup: PrivacySetup) {}

  /**
   * What is left of an event, or the reason why there is none.
   *
   * @param describe the event that parts would become, for hooks
   * @param request what the running handler answers; undefined outside of requests
   */
  apply(
    parts: EventParts,
    describe: (parts: EventParts) => TrackingEvent,
    _request: unknown,
  ): EventParts | Reason {
    const { redact: hook, maxEventBytes } = this.setup;
    return hook === undefined ? parts : redact(hook, describe(parts), maxEventBytes);
  }
}
