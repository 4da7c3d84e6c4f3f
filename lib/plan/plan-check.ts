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
import { Asking } from './asking.js';
import type { Verdict } from './asking.js';
import { asJson } from './as-json.js';

/** Why the plan refuses an event. */
export type PlanReason = 'invalid_properties' | 'not_in_plan';

/** What is to be recorded, or why it is not. */
export type Checked = { readonly properties: unknown } | PlanReason;

/** What the check works with. */
export interface PlanCheckSetup {
  readonly plan: TrackingPlan;
  readonly onInvalid: OnInvalid;
  /** Names are cleaned before they are recorded: one that the plan has not is then not told. Default false. */
  readonly hidesNames?: boolean;
  notice(notice: 'plan_violation', about: string, message: () => string): void;
}

/** A validator reports everything at once, or one thing after the other; this many times it is asked again. */
const MAX_ROUNDS = 10;
/** What a client sends may be wrong in thousands of ways; so many places are told of each event. */
const MAX_TOLD = 20;
/** Names are a few, unless they are made of values. */
const MAX_NAME = 100;

/** Where nothing better is known. */
const UNSAID: StandardIssue = { message: '' };
/** Its output cannot be an event's properties. */
const NO_OBJECT: Exclude<Verdict, { readonly fits: true }> = { fits: false, issues: [UNSAID] };
const WHOLE: IssuePath = { text: '', keys: [] };

/** Holds what the application records against its plan. */
export class PlanCheck {
  readonly #events: ReadonlyMap<string, StandardSchema>;
  readonly #asking = new Asking();
  readonly #places = new PlanPlaces();
  #violations = 0;
  #unlisted = 0;

  constructor(private readonly setup: PlanCheckSetup) {
    this.#events = new Map(Object.entries(setup.plan.events));
  }

  /**
   * Checks what a call gave, before it is copied: a Date is still a Date. Never throws.
   *
   * @param source the code that it came from, such as `OrdersController.create`, where known
   */
  check(type: EventType, name: string, properties: unknown, source: string | undefined): Checked {
    const { plan, onInvalid } = this.setup;
    if (type === 'alias') return { properties };
    const schema = type === 'track' ? this.#events.get(name) : plan.traits[type];
    if (schema === undefined) {
      return type === 'track' ? this.#isUnlisted(name, properties, source) : { properties };
    }
    const given = properties ?? {};
    if (onInvalid === 'strip') return this.#fitted(schema, type, name, given, source);
    const verdict = this.#asking.ask(schema, given);
    if (verdict.fits) return { properties };
    this.#tellVerdict(type, name, source, given, verdict);
    return onInvalid === 'reject' ? 'invalid_properties' : { properties };
  }

  stats(): PlanStats {
    return { violations: this.#violations, unlisted: this.#unlisted, places: this.#places.all() };
  }

  #isUnlisted(name: string, properties: unknown, source: string | undefined): Checked {
    const { onInvalid } = this.setup;
    this.#unlisted++;
    const told = this.setup.hidesNames === true ? '*' : name;
    this.#tell(told, null, source, () => planMessages.unlisted(what('track', told, source), onInvalid));
    return onInvalid === 'reject' ? 'not_in_plan' : { properties };
  }

  /** What a validator makes of properties, after what does not fit is left out. Where that is not enough, nothing goes out. */
  #fitted(
    schema: StandardSchema,
    type: EventType,
    name: string,
    given: unknown,
    source: string | undefined,
  ): Checked {
    let seen = given;
    let isUnreadable = false;
    try {
      seen = asJson(given as object);
    } catch {
      // The copy that is made of the event will say so.
      isUnreadable = true;
    }
    const verdict = this.#asking.ask(schema, seen);
    if (!verdict.fits) this.#tellVerdict(type, name, source, seen, verdict);
    if (isUnreadable) return { properties: given };
    if (verdict.fits && isObject(verdict.value)) return { properties: verdict.value };
    if (verdict.fits) this.#tellVerdict(type, name, source, seen, NO_OBJECT);
    return verdict.fits || verdict.issues === undefined || !isObject(seen)
      ? 'invalid_properties'
      : this.#strip(schema, seen, verdict.issues);
  }

  #strip(schema: StandardSchema, given: object, first: readonly StandardIssue[]): Checked {
    let issues = first;
    let left: Record<PropertyKey, unknown>;
    try {
      left = { ...given };
    } catch {
      // A getter that throws; the copy that is made of the event will say so.
      return { properties: given };
    }
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (!remove(left, issues)) break;
      const verdict = this.#asking.ask(schema, left);
      if (verdict.fits) return isObject(verdict.value) ? { properties: verdict.value } : 'invalid_properties';
      if (verdict.issues === undefined) break;
      issues = verdict.issues;
    }
    return 'invalid_properties';
  }

  #tellVerdict(
    type: EventType,
    name: string,
    source: string | undefined,
    given: unknown,
    verdict: Exclude<Verdict, { readonly fits: true }>,
  ): void {
    this.#violations++;
    if (verdict.issues !== undefined) this.#tellAll(type, name, source, given, verdict.issues);
    else
      this.#tell(name, '', source, () =>
        planMessages[verdict.why](what(type, name, source), this.setup.onInvalid),
      );
  }

  #tellAll(
    type: EventType,
    name: string,
    source: string | undefined,
    given: unknown,
    issues: readonly StandardIssue[],
  ): void {
    const seen = new Set<string>();
    for (const issue of issues.length === 0 ? [UNSAID] : issues) {
      for (const path of pathsIn(issue)) {
        if (seen.has(path.text)) continue;
        if (seen.size === MAX_TOLD) return;
        seen.add(path.text);
        this.#tell(name, path.text, source, () =>
          planMessages.violated(what(type, name, source), path.text, got(given, path), this.setup.onInvalid),
        );
      }
    }
  }

  #tell(name: string, path: string | null, source: string | undefined, message: () => string): void {
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

/** An issue is made by the application's validator, and may be anything. */
function pathsIn(issue: StandardIssue): readonly IssuePath[] {
  return guarded(() => pathsOf(issue)) ?? [WHOLE];
}

function got(given: unknown, path: IssuePath): string {
  return guarded(() => kindOf(valueAt(given, path))) ?? 'a getter that throws';
}

/** How an event is named in a warning. */
function what(type: EventType, name: string, source: string | undefined): string {
  const event = type === 'track' ? `event '${name.slice(0, MAX_NAME)}'` : `${type}()`;
  return source === undefined ? event : `${event} of ${source}`;
}
