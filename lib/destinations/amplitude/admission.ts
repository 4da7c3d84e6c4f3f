import type { TrackingEvent } from '../../event/tracking-event.js';
import { DECLINED } from '../admissions.js';
import type { Admission } from '../destination.js';
import { isWellFormed } from '../well-formed.js';
import { MAX_TEXT } from './amplitude-options.js';

/** Ids that Amplitude rejects with a 400 (HTTP V2 page). */
// prettier-ignore
const REFUSED_IDS: ReadonlySet<string> = new Set([
  '', '0', '-1', '{}', '00000000-0000-0000-0000-000000000000',
  'anonymous', 'lmy47d', 'n/a', 'na', 'nil', 'none', 'null', 'undefined', 'unknown',
]);
const LONGEST_REFUSED = 36;

const RESERVED_NAMES: ReadonlySet<string> = new Set([
  '$identify',
  '$groupidentify',
  '[Amplitude] Start Session',
  '[Amplitude] End Session',
  '[Amplitude] Revenue',
  '[Amplitude] Revenue (Verified)',
  '[Amplitude] Revenue (Unverified)',
  '[Amplitude] Merged User',
]);

/** Whether Amplitude accepts an id. Ids are never changed: a part of an id may belong to another person. */
export function isUsableId(id: string): boolean {
  if (id.length > MAX_TEXT || !isWellFormed(id)) return false;
  return id.length > LONGEST_REFUSED || !REFUSED_IDS.has(id.trim().toLowerCase());
}

/** Ids with half of a surrogate pair would all become one group. */
function isGroup(id: string | undefined): boolean {
  return id !== undefined && id.trim() !== '' && isWellFormed(id);
}

export function refusal({ type, name, userId, anonymousId, groupId }: TrackingEvent): Admission {
  if (type === 'alias') return DECLINED.unsupported;
  const person = userId ?? anonymousId;
  if (person === undefined) return DECLINED.noIdentity;
  if (!isUsableId(person)) return DECLINED.invalidId;
  if (type === 'group') return isGroup(groupId) ? undefined : DECLINED.invalidId;
  return type === 'track' && RESERVED_NAMES.has(name) ? DECLINED.invalidName : undefined;
}
