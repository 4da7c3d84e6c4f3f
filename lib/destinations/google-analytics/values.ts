import type { JsonValue } from '../../event/tracking-event.js';
import { cutText, isWellFormed, wellFormed } from '../well-formed.js';
import type { ParamChange } from './google-analytics.messages.js';

export type Changed = (change: ParamChange) => void;

/** A text or number as Google keeps it; `undefined` if nothing is left, and for objects and lists. */
export function plainValue(
  value: JsonValue,
  maxLength: number,
  changed: Changed,
): string | number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return cut(value, maxLength, changed);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean') {
    changed('boolean');
    return String(value);
  }
  changed('no_value');
  return undefined;
}

/** Half a surrogate pair could make Google reject the whole body. */
function cut(text: string, maxLength: number, changed: Changed): string {
  let sent = text;
  if (!isWellFormed(sent)) {
    changed('half_character');
    sent = wellFormed(sent);
  }
  if (sent.length <= maxLength) return sent;
  changed('long_value');
  return cutText(sent, maxLength);
}
