import type { TrackingEvent } from '../../event/tracking-event.js';
import type { EventParts } from '../event-parts.js';
import { type Redact, redact } from '../redaction.js';
import { Refusal } from '../refusal.js';
import { ConsentCheck, type ConsentLane } from './consent-check.js';
import type { IdHashing } from './id-hashing.js';
import { PersonSampling } from './person-sampling.js';
import type { PrivacyOptions } from './privacy-options.js';
import { RuleRedaction } from './rule-redaction.js';

/** Checked by `checkPrivacy`. */
export interface PrivacySetup extends PrivacyOptions {
  readonly hashing: IdHashing | undefined;
  readonly destinations: readonly ConsentLane[];
  readonly maxEventBytes: number;
}

/**
 * The steps between the content of a call and the buffered event. Their order is part of the contract: consent and sampling get
 * the real person, the rules and the hook get the content to be stored.
 */
export class Privacy {
  readonly #consent: ConsentCheck | undefined;
  readonly #sampling: PersonSampling | undefined;
  readonly #hashing: IdHashing | undefined;
  readonly #rules: RuleRedaction | undefined;
  readonly #hook: Redact | undefined;
  readonly #maxEventBytes: number;

  constructor({ consent, destinations, sampling, hashing, redact, maxEventBytes }: PrivacySetup) {
    const rules = typeof redact === 'function' ? { hook: redact } : redact;
    const { paths = [], keys = [], values = [] } = rules ?? {};
    const hasRules = paths.length + keys.length + values.length > 0;
    this.#consent = consent && new ConsentCheck(consent, destinations, maxEventBytes);
    this.#sampling = sampling === undefined || sampling === 1 ? undefined : new PersonSampling(sampling);
    this.#hashing = hashing;
    this.#rules = hasRules ? new RuleRedaction(rules!, maxEventBytes) : undefined;
    this.#hook = rules?.hook;
    this.#maxEventBytes = maxEventBytes;
  }

  /** Undefined if the application set no option for it. */
  static of(setup: PrivacySetup): Privacy | undefined {
    const { consent, sampling, hashing, redact } = setup;
    const asked = [consent, sampling, hashing, redact].some((option) => option !== undefined);
    return asked ? new Privacy(setup) : undefined;
  }

  /** A name for the log. The hook is not called, because it needs a whole event. */
  shownName(name: string): string {
    return this.#rules?.shownName(name) ?? name;
  }

  /**
   * @param describe the event that parts would become, for hooks
   * @param request the request of the running handler; undefined outside of requests
   */
  apply(
    said: EventParts,
    describe: (parts: EventParts) => TrackingEvent,
    request: unknown,
  ): EventParts | Refusal {
    let parts: EventParts | Refusal = said;
    if (this.#consent !== undefined) {
      parts = this.#consent.apply(parts, describe(parts), request);
      if (parts instanceof Refusal) return parts;
    }
    const refusal = this.#sampling?.refusal(parts, describe);
    if (refusal !== undefined) return refusal;
    if (this.#hashing !== undefined) parts = this.#hashing.apply(parts);
    if (this.#rules !== undefined) {
      parts = this.#rules.apply(parts);
      if (parts instanceof Refusal) return parts;
    }
    if (this.#hook === undefined) return parts;
    const left = redact(this.#hook, describe(parts), this.#maxEventBytes);
    // Members that a hook cannot see are kept, above all that the event was stripped.
    return left instanceof Refusal ? left : { ...parts, ...left };
  }
}
