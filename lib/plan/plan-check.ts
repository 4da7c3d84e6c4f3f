import { isObject } from '../event/json-values.js';
import { kindOf } from '../event/kind-of.js';
import type { EventType } from '../event/tracking-event.js';
import { guarded } from '../host/guarded.js';
import { type IssuePath, pathsOf, topOf, valueAt } from './issue-path.js';
import { planMessages } from './plan.messages.js';
import { PlanPlaces } from './plan-places.js';
import type { PlanStats } from './plan-stats.js';
import type { StandardIssue, StandardSchema } from './standard-schema.js';
import type { OnInvalid, TrackingPlan } from './tracking-plan.js';
import { Validators, type Verdict } from './validators.js';
import { asJson } from './as-json.js';

/** Why the plan refuses an event. */
export type PlanReason = 'invalid_properties' | 'not_in_plan';

/** The properties to record, or why the event is rejected. */
export type Checked = { readonly properties: unknown } | PlanReason;

export interface PlanCheckSetup {
  readonly plan: TrackingPlan;
  readonly onInvalid: OnInvalid;
  /** True: names are redacted before they are recorded, so a name outside of the plan is reported as `*`. Default false. */
  readonly hidesNames?: boolean;
  notice(notice: 'plan_violation', about: string, message: () => string): void;
}

/** Some validators report one issue at a time: the properties are validated this many times. */
const MAX_ROUNDS = 10;
/** A client's data may be wrong in thousands of places. This many are reported for each event. */
const MAX_REPORTED = 20;
/** Characters of a name that are reported: an application may build names from values. */
const MAX_NAME = 100;

/** An issue without details. */
const UNKNOWN_ISSUE: StandardIssue = { message: '' };
/** The validator's output is not an object. */
const NO_OBJECT: Exclude<Verdict, { readonly fits: true }> = { fits: false, issues: [UNKNOWN_ISSUE] };
const WHOLE: IssuePath = { text: '', keys: [] };

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
    const given = properties ?? {};
    if (onInvalid === 'strip') return this.#stripped(schema, type, name, given, source);
    const verdict = this.#validators.validate(schema, given);
    if (verdict.fits) return { properties };
    this.#reportVerdict(type, name, source, given, verdict);
    return onInvalid === 'reject' ? 'invalid_properties' : { properties };
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

  /** The validator's output without the invalid properties. Rejects the event if it is still invalid without them. */
  #stripped(
    schema: StandardSchema,
    type: EventType,
    name: string,
    given: unknown,
    source: string | undefined,
  ): Checked {
    const json = guarded(() => asJson(given as object));
    const seen = json ?? given;
    const verdict = this.#validators.validate(schema, seen);
    if (!verdict.fits) this.#reportVerdict(type, name, source, seen, verdict);
    // Properties that throw are rejected later, when the event is copied.
    if (json === undefined) return { properties: given };
    if (verdict.fits && isObject(verdict.value)) return { properties: verdict.value };
    if (verdict.fits) this.#reportVerdict(type, name, source, seen, NO_OBJECT);
    return verdict.fits || verdict.issues === undefined || !isObject(seen)
      ? 'invalid_properties'
      : this.#strip(schema, seen, verdict.issues);
  }

  #strip(schema: StandardSchema, given: object, first: readonly StandardIssue[]): Checked {
    let issues = first;
    const left = guarded((): Record<PropertyKey, unknown> => ({ ...given }));
    // A getter that throws: the event is rejected later, when it is copied.
    if (left === undefined) return { properties: given };
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (!remove(left, issues)) break;
      const verdict = this.#validators.validate(schema, left);
      if (verdict.fits) return isObject(verdict.value) ? { properties: verdict.value } : 'invalid_properties';
      if (verdict.issues === undefined) break;
      issues = verdict.issues;
    }
    return 'invalid_properties';
  }

  #reportVerdict(
    type: EventType,
    name: string,
    source: string | undefined,
    given: unknown,
    verdict: Exclude<Verdict, { readonly fits: true }>,
  ): void {
    this.#violations++;
    if (verdict.issues !== undefined) {
      this.#reportAll(type, name, source, given, verdict.issues);
      return;
    }
    this.#report(name, '', source, () =>
      planMessages[verdict.why](what(type, name, source), this.setup.onInvalid),
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
      for (const path of pathsIn(issue)) {
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

/** @returns whether there was anything to remove */
function remove(properties: Record<PropertyKey, unknown>, issues: readonly StandardIssue[]): boolean {
  let removed = false;
  for (const issue of issues) {
    for (const path of pathsIn(issue)) {
      const top = topOf(path);
      if (top === undefined || !Object.hasOwn(properties, top)) continue;
      Reflect.deleteProperty(properties, top);
      removed = true;
    }
  }
  return removed;
}

/** The application's validator made the issue, so it can be any value. */
function pathsIn(issue: StandardIssue): readonly IssuePath[] {
  return guarded(() => pathsOf(issue)) ?? [WHOLE];
}

function got(given: unknown, path: IssuePath): string {
  return guarded(() => kindOf(valueAt(given, path))) ?? 'a getter that throws';
}

/** The event's name in a warning. */
function what(type: EventType, name: string, source: string | undefined): string {
  const event = type === 'track' ? `event '${name.slice(0, MAX_NAME)}'` : `${type}()`;
  return source === undefined ? event : `${event} of ${source}`;
}
