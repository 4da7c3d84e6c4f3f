import { checkKeys } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { planMessages } from './plan.messages.js';
import { notePlan } from './defined-plans.js';
import { isSchema, type EventSchemas, type TrackingPlan, type TraitSchemas } from './tracking-plan.js';

/**
 * Defines the events of an application and their properties. Registered, the plan types every call that records an
 * event; given to the module as `plan`, it also validates events at run time.
 *
 * @param events schemas by event name: of any validator that implements Standard Schema (zod, valibot, arktype, …), or
 *   {@link typed}
 * @param traits schemas of the traits of `identify()` and `group()`. Default: any object
 * @throws TrackingConfigError for a value that is not a schema, and for `traits` other than `identify` and `group`
 *
 * @example
 * ```ts
 * export const plan = defineTrackingPlan({
 *   'Order Completed': z.object({ orderId: z.string(), revenue: z.number() }),
 *   'Signed Out': typed(),
 * });
 *
 * declare module 'nestjs-tracking' {
 *   interface Register {
 *     plan: typeof plan;
 *   }
 * }
 * ```
 */
export function defineTrackingPlan<Events extends EventSchemas, Traits extends TraitSchemas = {}>(
  events: Events,
  traits?: Traits,
): TrackingPlan<Events, Traits> {
  for (const [name, schema] of Object.entries({ ...events })) checkSchema(name, schema);
  checkKeys('plan', traits, ['identify', 'group']);
  for (const [name, schema] of Object.entries({ ...traits })) {
    if (schema !== undefined) checkSchema(name, schema);
  }
  const plan = Object.freeze({
    events: Object.freeze({ ...events }),
    traits: Object.freeze({ ...traits }) as Traits,
  });
  notePlan(plan);
  return plan;
}

function checkSchema(name: string, schema: unknown): void {
  if (!isSchema(schema)) throw new TrackingConfigError(`plan['${name}']`, planMessages.notASchema(name));
}
