/**
 * Names the application's tracking plan, once, so that `track`, `record`, `identify`, `group` and `@Track` know its
 * events wherever they are used. Without it they accept every name and every object.
 *
 * @example
 * ```ts
 * declare module 'nestjs-tracking' {
 *   interface Register {
 *     plan: typeof plan;
 *   }
 * }
 * ```
 */
// eslint-disable-next-line typescript/no-empty-object-type -- declaration merging fills it
export interface Register {}

/** The registered plan; undefined without one. */
export type RegisteredPlan = Register extends { readonly plan: infer Plan } ? Plan : undefined;
