/** Every sentence of this room that a user may read. */

export const notASchema = (name: string): string =>
  `defineTrackingPlan(): '${name.slice(0, 100)}' is no schema; expected one of a validator that implements Standard Schema, ` +
  'such as zod, valibot or arktype, or typed<{ … }>().';
