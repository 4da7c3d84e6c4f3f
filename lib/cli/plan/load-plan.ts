import { definedPlans, isTrackingPlan, type TrackingPlan } from '../../plan/tracking-plan.js';
import { cannotImport, noPlan, severalPlans } from '../cli.messages.js';
import type { Services } from '../session.js';

/**
 * Imports the named modules and finds the plan: an export of `file`, or else the plan that was defined during the import.
 *
 * @throws Error unless there is one plan
 */
export async function loadPlan(
  load: Services['load'],
  app: string | undefined,
  file: string | undefined,
): Promise<TrackingPlan> {
  if (app !== undefined) await imported(load, app);
  let plans: readonly TrackingPlan[] = [];
  if (file !== undefined) plans = exportedPlans(await imported(load, file));
  if (plans.length === 0) plans = definedPlans();
  const named = file ?? app ?? '';
  const [plan] = plans;
  if (plan === undefined) throw new Error(noPlan(named));
  if (plans.length > 1) throw new Error(severalPlans(named, plans.length));
  return plan;
}

async function imported(load: Services['load'], path: string): Promise<object> {
  try {
    return await load(path);
  } catch (error) {
    throw new Error(cannotImport(path, error instanceof Error ? firstLine(error) : 'it threw'));
  }
}

/** A CommonJS module exports each value by name, and in `default`. */
function exportedPlans(module: object): readonly TrackingPlan[] {
  const { default: whole } = module as { default?: unknown };
  const values = [
    ...(Object.values(module) as unknown[]),
    ...(typeof whole === 'object' && whole !== null ? (Object.values(whole) as unknown[]) : []),
  ];
  return [...new Set(values.filter(isTrackingPlan))];
}

function firstLine({ name, message }: Error): string {
  return `${name}: ${message.split('\n', 1)[0] ?? ''}`.replace(/\.$/, '');
}
