import { isObject, type UnknownObject } from '../../event/json-values.js';
import { guarded } from '../../host/guarded.js';
import { type StandardJsonSchema, type StandardSchema, TYPED_VENDOR } from '../../plan/standard-schema.js';
import type { TrackingPlan } from '../../plan/tracking-plan.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ToldSchema {
  readonly type: 'track' | 'identify' | 'group';
  readonly name: string;
  /** Undefined if the validator cannot convert it. */
  readonly schema: JsonSchema | undefined;
  /** True for `typed()`, whose type does not exist at run time. */
  readonly isType: boolean;
}

const TARGET = 'draft-2020-12';
/** The validators' options for values that JSON Schema lacks, such as a Date. */
const LENIENT = { unrepresentable: 'any', errorMode: 'ignore' };

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
  const input = (libraryOptions?: UnknownObject): unknown =>
    guarded(() => jsonSchema.input({ target: TARGET, ...(libraryOptions && { libraryOptions }) }));
  const given = input() ?? input(LENIENT);
  return isObject(given) ? given : undefined;
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const UNTOLD: JsonSchema = { $comment: 'The validator cannot convert this schema to JSON Schema.' };
const TYPE: JsonSchema = { $comment: 'A TypeScript type, which only the compiler can read.' };

/** The plan as one JSON Schema: an event as a webhook gets it is valid if the plan has it. */
export function documentOf(told: readonly ToldSchema[]): JsonSchema {
  return { $schema: DIALECT, title: 'Tracking plan', oneOf: told.map(eventOf) };
}

function eventOf({ type, name, schema, isType }: ToldSchema): JsonSchema {
  const unknown = isType ? TYPE : UNTOLD;
  const properties = schema === undefined ? unknown : embedded(schema, `${type}:${name}`);
  return {
    title: type === 'track' ? name : `${type}()`,
    type: 'object',
    properties: { type: { const: type }, ...(type === 'track' && { name: { const: name } }), properties },
    required: type === 'track' ? ['type', 'name', 'properties'] : ['type', 'properties'],
  };
}

/** A schema with references keeps its `$id`, so that they stay valid. */
function embedded(schema: JsonSchema, name: string): JsonSchema {
  const { $schema: _, ...rest } = schema;
  if (!JSON.stringify(rest).includes('"$ref"')) return rest;
  return { $id: `urn:nestjs-tracking:plan:${encodeURIComponent(name)}`, ...rest };
}
