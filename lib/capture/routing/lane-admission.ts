import type { Admission } from '../../destinations/destination.js';
import type { LaneNote } from '../../event/lane-event.js';
import { type Reason, REASONS } from '../../event/reasons.js';
import { disown } from '../../host/disown.js';

const UNDECIDED: Admission = Object.freeze({ declined: 'encode_error' });
const WORDS: ReadonlySet<unknown> = new Set(REASONS);

/** The answer of a destination's `accept()`, checked. Each member is read once. Throws what a hostile object throws. */
export function admissionOf(said: unknown): Admission {
  if (said === undefined) return undefined;
  disown(said);
  if (typeof said !== 'object' || said === null || !('declined' in said || 'note' in said)) return UNDECIDED;
  const { declined, note } = said as Partial<Record<'declined' | 'note', unknown>>;
  if (declined !== undefined) return { declined: isReason(declined) ? declined : 'unsupported' };
  if (note === undefined) return undefined;
  const copy = typeof note === 'object' && note !== null ? { ...note } : note;
  return isNote(copy) ? { note: copy } : UNDECIDED;
}

function isReason(word: unknown): word is Reason {
  return WORDS.has(word);
}

/** JSON might lose any other value, or fail to write it and its event. */
function isNote(note: unknown): note is LaneNote {
  if (typeof note !== 'object' || note === null) return typeof note === 'string' || Number.isFinite(note);
  return Object.values(note).every(isScalar);
}

function isScalar(value: unknown): boolean {
  return value === undefined || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
}
