import type { Reason } from '../../event/reasons.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type { EventParts } from '../event-parts.js';
import { redact } from '../redaction.js';
import type { Redact } from '../redaction.js';
import { ConsentCheck } from './consent-check.js';
import type { ConsentLane, NoConsent } from './consent-check.js';
import type { IdHashing } from './id-hashing.js';
import { PersonSampling } from './person-sampling.js';
import type { PrivacyOptions } from './privacy-options.js';
import { RuleRedaction } from './rule-redaction.js';

/** What the application wants nobody to see. Checked by `checkPrivacy`. */
export interface PrivacySetup extends PrivacyOptions {
  readonly hashing: IdHashing | undefined;
  readonly destinations: readonly ConsentLane[];
  readonly maxEventBytes: number;
}

/**
 * All that stands between what a call said and what is buffered of it. The order is part of the promise: consent and sampling
 * know the person as he is, the rules and the hook see what would be stored.
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

  /** Undefined where nothing was asked for: then nothing of it is called. */
  static of(setup: PrivacySetup): Privacy | undefined {
    const { consent, sampling, hashing, redact } = setup;
    const asked = [consent, sampling, hashing, redact].some((option) => option !== undefined);
    return asked ? new Privacy(setup) : undefined;
  }

  /** A name as the log may have it. A hook is not asked: it wants a whole event, and there may be none. */
  shownName(name: string): string {
    return this.#rules?.shownName(name) ?? name;
  }

  /**
   * What is left of an event, or the reason why there is none.
   *
   * @param describe the event that parts would become, for hooks
   * @param request what the running handler answers; undefined outside of requests
   */
  apply(
    said: EventParts,
    describe: (parts: EventParts) => TrackingEvent,
    request: unknown,
  ): EventParts | Reason | NoConsent {
    let parts: EventParts | Reason = said;
    if (this.#consent !== undefined) {
      const allowed = this.#consent.apply(parts, describe(parts), request);
      if (typeof allowed === 'string' || 'refused' in allowed) return allowed;
      parts = allowed;
    }
    const refusal = this.#sampling?.refusal(parts, describe);
    if (refusal !== undefined) return refusal;
    if (this.#hashing !== undefined) parts = this.#hashing.apply(parts);
    if (this.#rules !== undefined) {
      parts = this.#rules.apply(parts);
      if (typeof parts === 'string') return parts;
    }
    if (this.#hook === undefined) return parts;
    const left = redact(this.#hook, describe(parts), this.#maxEventBytes);
    // Members that a hook cannot see are kept, above all that the event was stripped.
    return typeof left === 'string' ? left : { ...parts, ...left };
  }
}
