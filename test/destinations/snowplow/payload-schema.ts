import { readFileSync } from 'node:fs';

interface Schema {
  readonly type: 'array' | 'object' | 'string';
  readonly $comment?: string;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Keywords that `violations` checks; another one in the schema would be ignored without this. */
const KEYWORDS = new Set([
  '$comment',
  'type',
  'minItems',
  'items',
  'required',
  'additionalProperties',
  'properties',
]);

/** Snowplow's own schema of a request's `data`. */
export const PAYLOAD_DATA = JSON.parse(
  readFileSync(new URL('./payload-data-1-0-4.schema.json', import.meta.url), 'utf8'),
) as Schema;

/** The places where a value breaks a schema. Snowplow's schema needs these few keywords only. */
export function violations(value: unknown, schema: Schema = PAYLOAD_DATA, path = 'data'): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (unknown.length > 0) throw new Error(`the schema has keywords that are not checked: ${unknown.join()}`);
  if (schema.type === 'string') return typeof value === 'string' ? [] : [`${path} is no string`];
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [`${path} is no array`];
    if (value.length < (schema.minItems ?? 0)) return [`${path} has too few items`];
    return value.flatMap((item, index) => violations(item, schema.items!, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const own = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties![name] : undefined;
      if (own !== undefined) return violations(member, own, `${path}.${name}`);
      return schema.additionalProperties === false ? [`${path}.${name} is not in the schema`] : [];
    }),
  ];
}
