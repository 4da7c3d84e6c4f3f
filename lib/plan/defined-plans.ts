import { sharedByCopies } from '../host/shared-by-copies.js';
import type { TrackingPlan } from './tracking-plan.js';

/** An application has one; a test process may create thousands. */
const MAX_PLANS = 100;

const plans = sharedByCopies('definedPlans', () => new Set<TrackingPlan>());

/** Keeps a plan for the command line, which imports the application to find it. */
export function notePlan(plan: TrackingPlan): void {
  if (plans.size < MAX_PLANS) plans.add(plan);
}

/** All plans that were defined in this process, by whatever copy of this package. */
export function definedPlans(): readonly TrackingPlan[] {
  return [...plans];
}
