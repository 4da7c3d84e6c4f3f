import type { EventType } from '../event/tracking-event.js';
import { type IssuePath, pathsOf, valueAt } from './issue-path.js';
import { kindOf } from './kind-of.js';
import { planMessages } from './plan.messages.js';
import { PlanPlaces } from './plan-places.js';
import type { PlanStats } from './plan-stats.js';
import type { StandardIssue, StandardSchema } from './standard-schema.js';
import type { OnInvalid, TrackingPlan } from './tracking-plan.js';
import { Asking } from './asking.js';

/** Why the plan refuses an event. */
export type PlanReason = 'invalid_properties' | 'not_in_plan';

/** What is to be recorded, or why it is not. */
export type Checked = { readonly properties: unknown } | PlanReason;

/** What the check works with. */
export interface PlanCheckSetup {
  readonly plan: TrackingPlan;
  readonly onInvalid: OnInvalid;
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
    const verdict = this.#asking.ask(schema, given);
    if (verdict.fits)
      return { properties: onInvalid === 'strip' ? outputOf(verdict.value, given) : properties };
    this.#violations++;
    if (verdict.issues === undefined) {
      this.#tell(name, '', source, () => planMessages[verdict.why](what(type, name, source), onInvalid));
    } else this.#tellAll(type, name, source, given, verdict.issues);
    if (onInvalid === 'reject') return 'invalid_properties';
    if (onInvalid === 'warn' || verdict.issues === undefined) return { properties };
    return { properties: this.#strip(schema, given, verdict.issues) };
  }

  stats(): PlanStats {
    return { violations: this.#violations, unlisted: this.#unlisted, places: this.#places.all() };
  }

  #isUnlisted(name: string, properties: unknown, source: string | undefined): Checked {
    const { onInvalid } = this.setup;
    this.#unlisted++;
    this.#tell(name, null, source, () => planMessages.unlisted(what('track', name, source), onInvalid));
    return onInvalid === 'reject' ? 'not_in_plan' : { properties };
  }

  /** The properties without what does not fit, as far as that helps: what is missing stays missing. */
  #strip(schema: StandardSchema, given: unknown, first: readonly StandardIssue[]): unknown {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
    let issues = first;
    let left: Record<PropertyKey, unknown>;
    try {
      left = { ...given };
    } catch {
      // A getter that throws; the copy that is made of the event will say so.
      return given;
    }
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (!remove(left, issues)) break;
      const verdict = this.#asking.ask(schema, left);
      if (verdict.fits) return outputOf(verdict.value, left);
      if (verdict.issues === undefined) break;
      issues = verdict.issues;
    }
    return left;
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
    for (const { keys } of pathsIn(issue)) {
      const [top] = keys;
      if (top === undefined || !Object.hasOwn(properties, top)) continue;
      Reflect.deleteProperty(properties, top);
      removed = true;
    }
  }
  return removed;
}

/** What a validator makes of properties; a schema may turn them into something that no event can hold. */
function outputOf(output: unknown, given: unknown): unknown {
  return typeof output === 'object' && output !== null ? output : given;
}

/** An issue is made by the application's validator, and may be anything. */
function pathsIn(issue: StandardIssue): readonly IssuePath[] {
  try {
    return pathsOf(issue);
  } catch {
    return [WHOLE];
  }
}

function got(given: unknown, path: IssuePath): string {
  try {
    return kindOf(valueAt(given, path));
  } catch {
    return 'a getter that throws';
  }
}

/** How an event is named in a warning. */
function what(type: EventType, name: string, source: string | undefined): string {
  const event = type === 'track' ? `event '${name.slice(0, MAX_NAME)}'` : `${type}()`;
  return source === undefined ? event : `${event} of ${source}`;
}
