import type { JsonSchema, ToldSchema } from './told-schema.js';

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
