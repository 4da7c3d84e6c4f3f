import type { EventType } from '../event/tracking-event.js';
import type { OnInvalid, TrackingPlan } from './tracking-plan.js';
import type { PlanStats } from './plan-stats.js';

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

/** Holds what the application records against its plan. */
export class PlanCheck {
  constructor(private readonly setup: PlanCheckSetup) {}

  /**
   * Checks what a call gave, before it is copied. Never throws.
   *
   * @param source the code that it came from, such as `OrdersController.create`, where known
   */
  check(_type: EventType, _name: string, properties: unknown, _source: string | undefined): Checked {
    return { properties };
  }

  stats(): PlanStats {
    return { violations: 0, unlisted: 0, places: [] };
  }
}
