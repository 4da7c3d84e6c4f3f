import type { JsonValue } from '../../event/tracking-event.js';
import { isWellFormed, wellFormed } from '../well-formed.js';
import { MAX_VALUE_BYTES } from './kissmetrics-limits.js';
import type { Change } from './kissmetrics.messages.js';

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const SURELY_SHORT = Math.floor(MAX_VALUE_BYTES / 3);

/** A value as text; empty if it is not sent. Objects were flattened before. */
export function textOf(value: JsonValue, changed: (change: Change) => void): string {
  switch (typeof value) {
    case 'string':
      if (value === '') changed('no_value');
      return bounded(value, changed);
    case 'number':
      if (Number.isFinite(value)) return String(value);
      changed('no_value');
      return '';
    case 'boolean':
      changed('boolean');
      return String(value);
    case 'object':
      if (Array.isArray(value) && value.length > 0) return listText(value as readonly JsonValue[], changed);
      changed('no_value');
      return '';
    default:
      return ''; // undefined: not there in JSON either
  }
}

export function jsonText(value: JsonValue, changed: (change: Change) => void): string {
  changed('json');
  return bounded(JSON.stringify(value), changed);
}

function listText(list: readonly JsonValue[], changed: (change: Change) => void): string {
  if (list.some((item) => typeof item === 'object' && item !== null)) return jsonText(list, changed);
  changed('list');
  const scalars = list.map((item) =>
    item === null || item === undefined ? '' : String(item as string | number | boolean),
  );
  const text = scalars.filter((item) => item !== '').join(', ');
  if (text === '') changed('no_value');
  return bounded(text, changed);
}

function bounded(text: string, changed: (change: Change) => void): string {
  let result = text;
  if (!isWellFormed(result)) {
    changed('half_character');
    result = wellFormed(result);
  }
  if (result.length <= SURELY_SHORT) return result;
  const bytes = Buffer.from(result);
  if (bytes.length <= MAX_VALUE_BYTES) return result;
  changed('long_value');
  let end = MAX_VALUE_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--; // never within a character
  return bytes.toString('utf8', 0, end);
}
