import { isObject, type UnknownObject } from '../../event/json-values.js';
import { guarded } from '../../host/guarded.js';
import { type StandardJsonSchema, type StandardSchema, TYPED_VENDOR } from '../../plan/standard-schema.js';
import type { TrackingPlan } from '../../plan/tracking-plan.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of one event or of traits, as the command `plan` prints it. */
export interface PlanSchema {
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

export function schemasOf({ events, traits }: TrackingPlan): readonly PlanSchema[] {
  const schemas: PlanSchema[] = Object.entries(events).map(([name, schema]) => ({
    type: 'track',
    name,
    schema: jsonSchemaOf(schema),
    isType: isType(schema),
  }));
  for (const type of ['identify', 'group'] as const) {
    const schema = traits[type];
    if (schema !== undefined)
      schemas.push({ type, name: type, schema: jsonSchemaOf(schema), isType: isType(schema) });
  }
  return schemas;
}

function isType(schema: StandardSchema): boolean {
  return schema['~standard'].vendor === TYPED_VENDOR;
}

function jsonSchemaOf(schema: StandardSchema): JsonSchema | undefined {
  const { jsonSchema } = schema['~standard'] as { jsonSchema?: StandardJsonSchema };
  if (typeof jsonSchema?.input !== 'function') return undefined;
  const input = (libraryOptions?: UnknownObject): unknown =>
    guarded(() => jsonSchema.input({ target: TARGET, ...(libraryOptions && { libraryOptions }) }));
  const given = input() ?? input(LENIENT);
  return isObject(given) ? given : undefined;
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const UNCONVERTED: JsonSchema = { $comment: 'The validator cannot convert this schema to JSON Schema.' };
const TYPE: JsonSchema = { $comment: 'A TypeScript type, which only the compiler can read.' };

/** The plan as one JSON Schema: an event as a webhook gets it is valid if the plan has it. */
export function documentOf(schemas: readonly PlanSchema[]): JsonSchema {
  return { $schema: DIALECT, title: 'Tracking plan', oneOf: schemas.map(eventOf) };
}

function eventOf({ type, name, schema, isType }: PlanSchema): JsonSchema {
  const unknown = isType ? TYPE : UNCONVERTED;
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
