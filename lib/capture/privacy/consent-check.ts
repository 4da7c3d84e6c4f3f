import type { Reason } from '../../event/reasons.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import type { EventParts } from '../event-parts.js';
import { isSignalReader } from './browser-signals.js';
import type { Consent, ConsentDecision } from './privacy-options.js';
import { shown } from './shown-event.js';
import { stripped } from './stripped-parts.js';

/** Asks whether an event may be recorded; of several answers the strictest counts. */
export class ConsentCheck {
  readonly #hooks: readonly { readonly ask: Consent; readonly looks: boolean }[];

  constructor(
    hooks: Consent | readonly Consent[],
    private readonly maxEventBytes: number,
  ) {
    const all = typeof hooks === 'function' ? [hooks] : hooks;
    this.#hooks = all.map((ask) => ({ ask, looks: !isSignalReader(ask) }));
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
    for (const { ask, looks } of this.#hooks) {
      const said: unknown = ask(looks ? shown(event) : event, request);
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
