import { safeText } from '../output/safe-text.js';
import type { JsonSchema, PlanSchema } from './plan-schema.js';

const TITLES = ['event', 'property', 'type', 'required', 'description'];
/** Deeper schemas are shown as objects; a schema may contain itself. */
const MAX_DEPTH = 4;

/** The plan as a Markdown table: a row for each property, after one for its event. */
export function markdownOf(schemas: readonly PlanSchema[]): string {
  const rows = [TITLES, TITLES.map(() => '---'), ...schemas.flatMap(rowsOf)];
  return rows.map((row) => `| ${row.join(' | ')} |\n`).join('');
}

function rowsOf({ type, name, schema, isType }: PlanSchema): string[][] {
  const event = cell(type === 'track' ? name : `${type}()`);
  if (schema === undefined) {
    const why = isType
      ? 'a TypeScript type, which only the compiler can read'
      : 'the validator cannot convert this schema';
    return [[event, '', '', '', why]];
  }
  const properties = propertiesOf(schema, schema, '', 1);
  const description = textOf(schema['description']);
  return [
    ...(description === '' && properties.length > 0 ? [] : [[event, '', '', '', description]]),
    ...properties.map((row) => [event, ...row]),
  ];
}

function propertiesOf(root: JsonSchema, of: JsonSchema, before: string, depth: number): string[][] {
  if (depth > MAX_DEPTH) return [];
  const rows: string[][] = [];
  for (const member of alternatives(root, of)) {
    const required = Array.isArray(member['required']) ? (member['required'] as unknown[]) : [];
    for (const [name, given] of Object.entries(objectOf(member['properties']))) {
      const path = before === '' ? name : `${before}.${name}`;
      const schema = resolved(root, objectOf(given));
      const description = textOf(objectOf(given)['description'] ?? schema['description']);
      rows.push([
        cell(path),
        cell(typeOf(root, schema, 1)),
        required.includes(name) ? 'yes' : '',
        description,
      ]);
      rows.push(...propertiesOf(root, schema, path, depth + 1));
      const items = objectOf(schema['items']);
      rows.push(...propertiesOf(root, resolved(root, items), `${path}[]`, depth + 1));
    }
  }
  return withoutRepeated(rows);
}

/** A schema and its alternatives. */
function alternatives(root: JsonSchema, schema: JsonSchema): JsonSchema[] {
  const others = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? (list as unknown[]) : [],
  );
  return [schema, ...others.map((other) => resolved(root, objectOf(other)))];
}

function withoutRepeated(rows: string[][]): string[][] {
  return [...new Map(rows.map((row) => [row.join('|'), row])).values()];
}

function typeOf(root: JsonSchema, schema: JsonSchema, depth: number): string {
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices) && depth <= MAX_DEPTH) {
    const types = choices.map((choice) => typeOf(root, resolved(root, objectOf(choice)), depth + 1));
    return [...new Set(types)].join(' | ');
  }
  const { type, format } = schema;
  if (type === 'array' && depth <= MAX_DEPTH) {
    const item = typeOf(root, resolved(root, objectOf(schema['items'])), depth + 1);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  const types = [type].flat().filter((each) => typeof each === 'string');
  const plain = types.join(' | ') || 'any';
  return typeof format === 'string' ? `${plain} (${format})` : plain;
}

/** The target of a reference within the schema. */
function resolved(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const { $ref: reference } = schema;
  if (typeof reference !== 'string' || !reference.startsWith('#')) return schema;
  let target: JsonSchema = root;
  for (const part of decodeURIComponent(reference).split('/').slice(1)) {
    target = objectOf(target[part.replaceAll('~1', '/').replaceAll('~0', '~')]);
  }
  return target;
}

function objectOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? cell(value) : '';
}

/** The text as one line that cannot end the cell or control a terminal. */
function cell(text: string): string {
  return safeText(text.replaceAll(/\s+/g, ' ')).replaceAll('|', String.raw`\|`);
}
