/*
 * The interfaces of https://standardschema.dev, copied as it recommends, to avoid a dependency. Every validator that
 * implements them can check an event: zod, valibot, arktype and many more.
 */

/** A validator that implements Standard Schema. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': StandardProps<Input, Output>;
}

/** The value of `~standard`. */
export interface StandardProps<Input = unknown, Output = Input> {
  readonly version: 1;
  readonly vendor: string;
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  /** Exists at compile time only. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** The result of a validation. */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** One problem that a validator found. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The member of `~standard` of a validator that can convert its schema to JSON Schema. */
export interface StandardJsonSchema {
  readonly input: (options: {
    readonly target: string;
    readonly libraryOptions?: Record<string, unknown>;
  }) => Record<string, unknown>;
}

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
