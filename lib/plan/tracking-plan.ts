import { isObject } from '../event/json-values.js';
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
