import type { StandardSchema } from './standard-schema.js';

/** The `vendor` of the schemas of {@link typed}. */
export const TYPED_VENDOR = 'nestjs-tracking';

const ANYTHING: StandardSchema<never> = Object.freeze({
  '~standard': Object.freeze({
    version: 1,
    vendor: TYPED_VENDOR,
    validate: (value: unknown) => ({ value: value as never }),
  }),
});

/**
 * Defines the properties of an event of a tracking plan by a TypeScript type, without a validator: the compiler checks
 * them, and nothing is validated at run time.
 *
 * Without a type: no properties.
 *
 * @example
 * ```ts
 * defineTrackingPlan({ 'Order Completed': typed<{ orderId: string; revenue: number }>() });
 * ```
 */
export function typed(): StandardSchema<Record<string, never>>;
export function typed<Properties extends object>(): StandardSchema<Properties>;
export function typed<Properties extends object>(): StandardSchema<Properties> {
  return ANYTHING as StandardSchema<Properties>;
}
