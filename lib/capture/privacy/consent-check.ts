import type { Reason } from '../../event/reasons.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import type { EventParts } from '../event-parts.js';
import type { Consent, ConsentDecision } from './privacy-options.js';
import { shown } from './shown-event.js';
import { stripped } from './stripped-parts.js';

/** Asks whether an event may be recorded; of several answers the strictest counts. */
export class ConsentCheck {
  readonly #hooks: readonly Consent[];

  constructor(
    hooks: Consent | readonly Consent[],
    private readonly maxEventBytes: number,
  ) {
    this.#hooks = typeof hooks === 'function' ? [hooks] : [...hooks];
  }

  /** What goes on of it, or the reason why nothing does. */
  apply(parts: EventParts, event: TrackingEvent, request: unknown): EventParts | Reason {
    try {
      switch (this.#ask(event, request)) {
        case 'allow':
          return parts;
        case 'strip':
          // The others say only who somebody is: nothing would be left of them.
          return event.type === 'track' ? stripped(parts, this.maxEventBytes) : 'consent';
        case 'drop':
          return 'consent';
      }
    } catch {
      return 'consent_error';
    }
  }

  #ask(event: TrackingEvent, request: unknown): ConsentDecision {
    let strictest: ConsentDecision = 'allow';
    for (const hook of this.#hooks) {
      const said: unknown = hook(shown(event), request);
      if (said === 'drop') return 'drop';
      if (said === 'strip') strictest = 'strip';
      else if (said !== undefined && said !== 'allow') {
        disown(said);
        throw new TypeError('no decision');
      }
    }
    return strictest;
  }
}
