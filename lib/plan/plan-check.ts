import { isObject } from '../event/json-values.js';
import { kindOf } from '../event/kind-of.js';
import type { EventType } from '../event/tracking-event.js';
import { guarded } from '../host/guarded.js';
import { type IssuePath, pathsOf, valueAt } from './issue-path.js';
import { planMessages } from './plan.messages.js';
import { PlanPlaces, type PlanStats } from './plan-stats.js';
import type { StandardIssue, StandardSchema } from './standard-schema.js';
import { asJson, stripped, type Checked } from './strip.js';
import type { OnInvalid, TrackingPlan } from './tracking-plan.js';
import { Validators, type ValidationResult } from './validators.js';

export interface PlanCheckSetup {
  readonly plan: TrackingPlan;
  readonly onInvalid: OnInvalid;
  /** True: names are redacted before they are recorded, so a name outside of the plan is reported as `*`. Default false. */
  readonly hidesNames?: boolean;
  notice(notice: 'plan_violation', about: string, message: () => string): void;
}

/** A client's data may be wrong in thousands of places. This many are reported for each event. */
const MAX_REPORTED = 20;
/** Characters of a name that are reported: an application may build names from values. */
const MAX_NAME = 100;

/** An issue without details. */
const UNKNOWN_ISSUE: StandardIssue = { message: '' };
/** The validator's output is not an object. */
const NO_OBJECT: Exclude<ValidationResult, { readonly fits: true }> = {
  fits: false,
  issues: [UNKNOWN_ISSUE],
};

/** Checks events against the tracking plan. */
export class PlanCheck {
  readonly #events: ReadonlyMap<string, StandardSchema>;
  readonly #validators = new Validators();
  readonly #places = new PlanPlaces();
  #violations = 0;
  #unlisted = 0;

  constructor(private readonly setup: PlanCheckSetup) {
    this.#events = new Map(Object.entries(setup.plan.events));
  }

  /**
   * Checks the properties of a call before they are copied, so a Date is still a Date. Never throws.
   *
   * @param source the code that recorded the event, such as `OrdersController.create`, if known
   */
  check(type: EventType, name: string, properties: unknown, source: string | undefined): Checked {
    const { plan, onInvalid } = this.setup;
    if (type === 'alias') return { properties };
    const schema = type === 'track' ? this.#events.get(name) : plan.traits[type];
    if (schema === undefined) {
      return type === 'track' ? this.#isUnlisted(name, properties, source) : { properties };
    }
    const strips = onInvalid === 'strip';
    const given: unknown = properties ?? {};
    const json = strips ? guarded(() => asJson(given as object)) : given;
    const seen = json ?? given;
    const validated = this.#validators.validate(schema, seen);
    // A validator's output is recorded only if properties are stripped.
    const hasNoObject = strips && json !== undefined && validated.fits && !isObject(validated.value);
    const result = hasNoObject ? NO_OBJECT : validated;
    if (!result.fits) this.#reportResult(type, name, source, seen, result);
    // Properties that throw are rejected later, when the event is copied.
    if (onInvalid === 'warn' || json === undefined) return { properties };
    if (result.fits) return { properties: strips ? result.value : properties };
    if (!strips || hasNoObject || result.issues === undefined) return 'invalid_properties';
    return isObject(seen) ? stripped(this.#validators, schema, seen, result.issues) : 'invalid_properties';
  }

  stats(): PlanStats {
    return { violations: this.#violations, unlisted: this.#unlisted, places: this.#places.all() };
  }

  #isUnlisted(name: string, properties: unknown, source: string | undefined): Checked {
    const { onInvalid } = this.setup;
    this.#unlisted++;
    const shown = this.setup.hidesNames === true ? '*' : name;
    this.#report(shown, null, source, () => planMessages.unlisted(what('track', shown, source), onInvalid));
    return onInvalid === 'reject' ? 'not_in_plan' : { properties };
  }

  #reportResult(
    type: EventType,
    name: string,
    source: string | undefined,
    given: unknown,
    result: Exclude<ValidationResult, { readonly fits: true }>,
  ): void {
    this.#violations++;
    if (result.issues !== undefined) {
      this.#reportAll(type, name, source, given, result.issues);
      return;
    }
    this.#report(name, '', source, () =>
      planMessages[result.why](what(type, name, source), this.setup.onInvalid),
    );
  }

  #reportAll(
    type: EventType,
    name: string,
    source: string | undefined,
    given: unknown,
    issues: readonly StandardIssue[],
  ): void {
    const seen = new Set<string>();
    for (const issue of issues.length === 0 ? [UNKNOWN_ISSUE] : issues) {
      for (const path of pathsOf(issue)) {
        if (seen.has(path.text)) continue;
        if (seen.size === MAX_REPORTED) return;
        seen.add(path.text);
        this.#report(name, path.text, source, () =>
          planMessages.violated(what(type, name, source), path.text, got(given, path), this.setup.onInvalid),
        );
      }
    }
  }

  #report(name: string, path: string | null, source: string | undefined, message: () => string): void {
    const place = this.#places.count(name.slice(0, MAX_NAME), path, source ?? null);
    this.setup.notice('plan_violation', place, message);
  }
}

function got(given: unknown, path: IssuePath): string {
  return guarded(() => kindOf(valueAt(given, path))) ?? 'a getter that throws';
}

/** The event's name in a warning. */
function what(type: EventType, name: string, source: string | undefined): string {
  const event = type === 'track' ? `event '${name.slice(0, MAX_NAME)}'` : `${type}()`;
  return source === undefined ? event : `${event} of ${source}`;
}
