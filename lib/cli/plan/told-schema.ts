import type { StandardJsonSchema, StandardSchema } from '../../plan/standard-schema.js';
import { TYPED_VENDOR } from '../../plan/typed.js';
import type { TrackingPlan } from '../../plan/tracking-plan.js';

/** The part of JSON Schema that is read here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema of the plan as JSON Schema. */
export interface ToldSchema {
  readonly type: 'track' | 'identify' | 'group';
  readonly name: string;
  /** Undefined where the validator cannot tell it. */
  readonly schema: JsonSchema | undefined;
  /** It is of `typed()`: nothing is left of a type when an application runs, not even whether there was one. */
  readonly isType: boolean;
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
    isType: isType(schema),
  }));
  for (const type of ['identify', 'group'] as const) {
    const schema = traits[type];
    if (schema !== undefined) told.push({ type, name: type, schema: tell(schema), isType: isType(schema) });
  }
  return told;
}

function isType(schema: StandardSchema): boolean {
  return schema['~standard'].vendor === TYPED_VENDOR;
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
