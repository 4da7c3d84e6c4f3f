import type { StandardSchema } from './standard-schema.js';

/** Schemas by event name. */
export type EventSchemas = Readonly<Record<string, StandardSchema>>;

/** Schemas of what is not an event of your own. */
export interface TraitSchemas {
  /** The traits of `identify()`. Default: any object. */
  readonly identify?: StandardSchema;
  /** The traits of `group()`. Default: any object. */
  readonly group?: StandardSchema;
}

/** Which events there are, and what each of them holds. Made by `defineTrackingPlan()`. */
export interface TrackingPlan<
  Events extends EventSchemas = EventSchemas,
  Traits extends TraitSchemas = TraitSchemas,
> {
  readonly events: Events;
  readonly traits: Traits;
}

/** What becomes of an event that does not fit the plan. */
export type OnInvalid = 'warn' | 'reject' | 'strip';

/** Every word of {@link OnInvalid}. */
export const ON_INVALID: readonly OnInvalid[] = ['warn', 'reject', 'strip'];

/** Whether a value can be one, also one that another copy of this package made. */
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

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
