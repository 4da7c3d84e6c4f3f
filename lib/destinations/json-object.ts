import type { Answer } from './destination.js';

/** The members of an answer that is a JSON object; none of any other. */
export function jsonObject({ body }: Pick<Answer, 'body'>): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(body));
  } catch {
    return {};
  }
}

/** A member that is an object; an empty object for any other value. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
