import { createHash } from 'node:crypto';
import type { HashedPerson } from '../../event/lane-event.js';
import { PERSON_FIELDS, type PersonField } from '../../event/person-data.js';
import { guarded } from '../../host/guarded.js';
import { normalisePersonField } from './normalise-person.js';

const HASHED = /^[\da-f]{64}$/i;

/** The data of a person as platforms compare it: normalised, then SHA-256; undefined if nothing usable was given. */
export function hashPerson(
  given: unknown,
  /** Called with the name of each field that cannot be normalised. */
  onUnusable: (field: PersonField | undefined) => void,
): HashedPerson | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'object') {
    onUnusable(undefined);
    return undefined;
  }
  const hashed: Record<string, string> = {};
  let country: string | undefined;
  for (const field of PERSON_FIELDS) {
    const value = memberOf(given, field);
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'string' && HASHED.test(value.trim())) {
      hashed[field] = value.trim().toLowerCase();
      continue;
    }
    const text = typeof value === 'string' ? normalisePersonField(field, value, country) : undefined;
    if (text === undefined) onUnusable(field);
    else hashed[field] = createHash('sha256').update(text).digest('hex');
    if (field === 'country') country = text;
  }
  return Object.keys(hashed).length === 0 ? undefined : Object.freeze(hashed);
}

/** A getter that throws counts as a value that cannot be normalised. */
function memberOf(given: object, field: PersonField): unknown {
  const read = guarded(() => ({ value: (given as Readonly<Record<string, unknown>>)[field] }));
  return read === undefined ? Number.NaN : read.value;
}
