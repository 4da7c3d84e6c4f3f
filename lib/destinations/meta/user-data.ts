import { createHash } from 'node:crypto';
import type { HashedPerson, LaneEvent } from '../../event/lane-event.js';
import type { PersonField } from '../../event/person-data.js';
import { isSharedId } from '../../event/shared-ids.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { isAddress } from '../../host/private-hosts.js';
import { contextText } from '../context-fields.js';
import { isWellFormed } from '../well-formed.js';
import { clickIn, fbcOf, isFbc, isFbp } from './meta-cookies.js';

const NAMES: Readonly<Record<PersonField, string>> = {
  email: 'em',
  phone: 'ph',
  firstName: 'fn',
  lastName: 'ln',
  dateOfBirth: 'db',
  gender: 'ge',
  city: 'ct',
  state: 'st',
  postalCode: 'zp',
  country: 'country',
};

/** The data by which Meta may find the person. All are hashed except the browser's data, which Meta compares unhashed. */
export function userData(
  { event, browser, person }: LaneEvent,
  page: string | undefined,
): Readonly<Record<string, unknown>> {
  const clicks = browser?.clickIds;
  const fbp = browser?.anonymousId;
  const isOfPixel = fbp !== undefined && isFbp(fbp);
  const fbc = clicks?.['fbc'] ?? fbcOf(clicks?.['fbclid'] ?? clickIn(page), event.timestamp);
  const ip = contextText(event, 'ip');
  // Meta rejects the whole request for one value in another form, such as a hash, or the list of addresses of a header.
  const data = {
    external_id: externalIds(event, isOfPixel ? fbp : undefined),
    client_ip_address: ip !== undefined && isAddress(ip) ? ip : undefined,
    client_user_agent: contextText(event, 'userAgent'),
    fbp: isOfPixel ? fbp : undefined,
    fbc: fbc !== undefined && isFbc(fbc) ? fbc : undefined,
  };
  // A literal without a spread: that would cost more than the rest of the event.
  return person === undefined ? data : Object.assign(data, named(person));
}

function named(person: HashedPerson): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const field in person) {
    const name = NAMES[field as PersonField] as string | undefined;
    if (name !== undefined) found[name] = [person[field]!];
  }
  return found;
}

/** The ids that the application gave. The browser's own id goes into `fbp`. */
function externalIds({ userId, anonymousId }: TrackingEvent, own: string | undefined): string[] | undefined {
  const ids = [userId, anonymousId === own ? undefined : anonymousId].filter(isPersonal);
  return ids.length === 0 ? undefined : ids.map(sha256);
}

/** Whether an id belongs to one person. Many share `guest`, and all ids with half a surrogate pair have the same hash. */
export function isPersonal(id: string | undefined): id is string {
  return id !== undefined && isWellFormed(id) && !isSharedId(id);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
