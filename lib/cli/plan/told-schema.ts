import type { StandardJsonSchema, StandardSchema } from '../../plan/standard-schema.js';
import type { TrackingPlan } from '../../plan/tracking-plan.js';

/** The part of JSON Schema that is read here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema of the plan as JSON Schema. */
export interface ToldSchema {
  readonly type: 'track' | 'identify' | 'group';
  readonly name: string;
  /** Undefined where the validator cannot tell it. */
  readonly schema: JsonSchema | undefined;
}

const TARGET = 'draft-2020-12';
/** What the validators call it to leave out what JSON has no word for, such as a Date, instead of giving up. */
const LENIENT = { unrepresentable: 'any', errorMode: 'ignore' };

/** Every schema of a plan, in its order. */
export function schemasOf({ events, traits }: TrackingPlan): readonly ToldSchema[] {
  const told: ToldSchema[] = Object.entries(events).map(([name, schema]) => ({
    type: 'track',
    name,
    schema: tell(schema),
  }));
  for (const type of ['identify', 'group'] as const) {
    const schema = traits[type];
    if (schema !== undefined) told.push({ type, name: type, schema: tell(schema) });
  }
  return told;
}

function tell(schema: StandardSchema): JsonSchema | undefined {
  const { jsonSchema } = schema['~standard'] as { jsonSchema?: StandardJsonSchema };
  if (typeof jsonSchema?.input !== 'function') return undefined;
  for (const libraryOptions of [undefined, LENIENT]) {
    try {
      const told = jsonSchema.input({ target: TARGET, ...(libraryOptions && { libraryOptions }) });
      return typeof told === 'object' ? told : undefined;
    } catch {
      // Validators throw for what JSON Schema has no word for.
    }
  }
  return undefined;
}
