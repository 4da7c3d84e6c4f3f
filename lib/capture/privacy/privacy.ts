import type { TrackingEvent } from '../../event/tracking-event.js';
import { Refusal } from '../call-end.js';
import type { EventParts } from '../made-event.js';
import { redact } from '../redaction.js';
import { ConsentCheck, type ConsentLane } from './consent-check.js';
import type { IdHashing } from './id-hashing.js';
import { PersonSampling } from './person-sampling.js';
import type { PrivacyOptions } from './privacy-options.js';
import { RuleRedaction } from './rule-redaction.js';

/** The checked privacy options of an application, and the other dependencies of the steps. */
export interface PrivacySetup extends PrivacyOptions {
  readonly hashing: IdHashing | undefined;
  readonly destinations: readonly ConsentLane[];
  readonly maxEventBytes: number;
}

/** The event that parts would become, for hooks. */
type Describe = (parts: EventParts) => TrackingEvent;

type Step = (parts: EventParts, describe: Describe, request: unknown) => EventParts | Refusal;

/**
 * The steps between the content of a call and the buffered event. Their order is part of the contract: consent and sampling get
 * the real person, the rules and the hook get the content to be stored.
 */
export class Privacy {
  readonly #steps: Step[] = [];
  readonly #rules: RuleRedaction | undefined;
  #isAsking = false;

  constructor({ consent, destinations, sampling, hashing, redact: given, maxEventBytes }: PrivacySetup) {
    const rules = typeof given === 'function' ? { hook: given } : (given ?? {});
    const { paths = [], keys = [], values = [], hook } = rules;
    const hasRules = paths.length + keys.length + values.length > 0;
    this.#rules = hasRules ? new RuleRedaction(rules, maxEventBytes) : undefined;
    if (consent !== undefined) {
      const check = new ConsentCheck(consent, destinations, maxEventBytes);
      this.#steps.push((parts, describe, request) => check.apply(parts, describe(parts), request));
    }
    if (sampling !== undefined && sampling !== 1) {
      const share = new PersonSampling(sampling);
      this.#steps.push((parts, describe) => share.refusal(parts, describe) ?? parts);
    }
    for (const part of [hashing, this.#rules]) {
      if (part !== undefined) this.#steps.push((parts) => part.apply(parts));
    }
    if (hook !== undefined) {
      this.#steps.push((parts, describe) => {
        const left = redact(hook, describe(parts), maxEventBytes);
        // Members that a hook cannot see are kept, above all that the event was stripped.
        return left instanceof Refusal ? left : { ...parts, ...left };
      });
    }
  }

  /** Undefined if the application set no option for it. */
  static of(setup: PrivacySetup): Privacy | undefined {
    const privacy = new Privacy(setup);
    return privacy.#steps.length === 0 ? undefined : privacy;
  }

  /** A hook of the application is running. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /** A name for the log. The hook is not called, because it needs a whole event. */
  shownName(name: string): string {
    return this.#rules?.shownName(name) ?? name;
  }

  /** @param request the request of the running handler; undefined outside of requests */
  apply(said: EventParts, describe: Describe, request: unknown): EventParts | Refusal {
    this.#isAsking = true;
    try {
      let parts = said;
      for (let index = 0; index < this.#steps.length; index++) {
        const left = this.#steps[index]!(parts, describe, request);
        if (left instanceof Refusal) return left;
        parts = left;
      }
      return parts;
    } finally {
      this.#isAsking = false;
    }
  }
}
