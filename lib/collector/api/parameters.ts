import { badParameter, repeatedParameter, unknownParameter } from './api.messages.js';

/** The valid values of a query parameter, or its check with a description. */
export type Parameter = readonly string[] | 'text' | 'id' | { readonly from: number; readonly to: number };

export type Parameters = Readonly<Record<string, Parameter>>;

/** Reads query parameters; returns a sentence if one is unknown or invalid. */
export function readParameters(
  query: URLSearchParams,
  known: Parameters,
): Readonly<Record<string, string | number>> | string {
  const values: Record<string, string | number> = {};
  for (const [name, text] of query) {
    if (!Object.hasOwn(known, name)) return unknownParameter(Object.keys(known));
    if (Object.hasOwn(values, name)) return repeatedParameter(name);
    const parameter = known[name]!;
    const value = readValue(text, parameter);
    if (value === undefined) return badParameter(name, expected(parameter));
    values[name] = value;
  }
  return values;
}

function readValue(text: string, parameter: Parameter): string | number | undefined {
  if (parameter === 'text') return text;
  if (parameter === 'id') return text === '' ? undefined : text;
  if (!('from' in parameter)) return parameter.includes(text) ? text : undefined;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return number >= parameter.from && number <= parameter.to ? number : undefined;
}

function expected(parameter: Parameter): string {
  if (parameter === 'text') return 'a text';
  if (parameter === 'id') return 'an id';
  if ('from' in parameter)
    return `a whole number from ${parameter.from} to ${parameter.to.toLocaleString('en')}`;
  return `one of ${parameter.join(', ')}`;
}
