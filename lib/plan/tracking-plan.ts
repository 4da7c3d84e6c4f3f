import { checkKeys } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { isObject } from '../event/json-values.js';
import { sharedByCopies } from '../host/shared-by-copies.js';
import { planMessages } from './plan.messages.js';
import type { StandardSchema } from './standard-schema.js';

/** Schemas by event name. */
export type EventSchemas = Readonly<Record<string, StandardSchema>>;

/** Schemas of the traits of people and groups. */
export interface TraitSchemas {
  /** The traits of `identify()`. Default: any object. */
  readonly identify?: StandardSchema | undefined;
  /** The traits of `group()`. Default: any object. */
  readonly group?: StandardSchema | undefined;
}

/** The events of an application and their properties. Made by `defineTrackingPlan()`. */
export interface TrackingPlan<
  Events extends EventSchemas = EventSchemas,
  Traits extends TraitSchemas = TraitSchemas,
> {
  readonly events: Events;
  readonly traits: Traits;
}

/** How an event that does not fit the plan is handled. */
export type OnInvalid = 'warn' | 'reject' | 'strip';

/** All values of {@link OnInvalid}. */
export const ON_INVALID: readonly OnInvalid[] = ['warn', 'reject', 'strip'];

/** Whether a value is a plan, including one that another copy of this package made. */
export function isTrackingPlan(value: unknown): value is TrackingPlan {
  if (!isObject(value)) return false;
  const { events, traits } = value as Partial<TrackingPlan>;
  return (
    isObject(events) &&
    Object.values(events).every(isSchema) &&
    isObject(traits) &&
    Object.values(traits).every((schema) => schema === undefined || isSchema(schema))
  );
}

/** Whether a value is a validator of Standard Schema; arktype's are functions. */
export function isSchema(value: unknown): value is StandardSchema {
  if (!isObject(value) && typeof value !== 'function') return false;
  const standard = (value as Partial<StandardSchema>)['~standard'];
  return isObject(standard) && typeof (standard as { validate?: unknown }).validate === 'function';
}

/** An application has one; a test process may create thousands. */
const MAX_PLANS = 100;

const plans = sharedByCopies('definedPlans', () => new Set<TrackingPlan>());

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
  // For the command line, which imports the application to find it.
  if (plans.size < MAX_PLANS) plans.add(plan);
  return plan;
}

function checkSchema(name: string, schema: unknown): void {
  if (!isSchema(schema)) throw new TrackingConfigError(`plan['${name}']`, planMessages.notASchema(name));
}

/** All plans that were defined in this process, by whatever copy of this package. */
export function definedPlans(): readonly TrackingPlan[] {
  return [...plans];
}
