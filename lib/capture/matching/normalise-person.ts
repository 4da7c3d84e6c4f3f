import { createHash } from 'node:crypto';
import { isDay } from '../../event/event-time.js';
import type { HashedPerson } from '../../event/lane-event.js';
import { PERSON_FIELDS, type PersonField } from '../../event/person-data.js';
import { guarded } from '../../host/guarded.js';

const EMAIL = /^[^\s@]+@[^\s@]+$/;
const NOT_IN_NAMES = /[\p{P}\p{S}\p{C}]/gu;
const NOT_IN_PLACES = /[\p{P}\p{S}\p{C}\s]/gu;
const DATE = /^(\d{4})[-./ ]?(\d\d)[-./ ]?(\d\d)$/;
const OLDEST_YEAR = 1_900;
const INTERNATIONAL = /^\s*(?:\+|00)/;
/** The trunk digit, which is dialled only within a country: +44 (0)20 7946 0000. */
const TRUNK = /\(0\)/g;
/** E.164 allows 15 digits; the shortest numbers with a country code have 7. */
const PHONE = /^[1-9]\d{6,14}$/;
const ZIP_PLUS_4 = /^\d{9}$/;
const ZIP_LENGTH = 5;
const POSTAL_CODE = /^[\p{L}\p{N}]{2,}$/u;
const COUNTRY = /^[a-z]{2}$/;
const GENDERS: Readonly<Record<string, string>> = { f: 'f', female: 'f', m: 'm', male: 'm' };
const HASHED = /^[\da-f]{64}$/i;

/** By name without spaces, the two letters of each state of the USA, with its district and territories (ANSI, USPS). */
const US_STATES: ReadonlyMap<string, string> = new Map(
  (
    'alabama al,alaska ak,arizona az,arkansas ar,california ca,colorado co,connecticut ct,delaware de,' +
    'districtofcolumbia dc,florida fl,georgia ga,hawaii hi,idaho id,illinois il,indiana in,iowa ia,kansas ks,' +
    'kentucky ky,louisiana la,maine me,maryland md,massachusetts ma,michigan mi,minnesota mn,mississippi ms,' +
    'missouri mo,montana mt,nebraska ne,nevada nv,newhampshire nh,newjersey nj,newmexico nm,newyork ny,' +
    'northcarolina nc,northdakota nd,ohio oh,oklahoma ok,oregon or,pennsylvania pa,rhodeisland ri,southcarolina sc,' +
    'southdakota sd,tennessee tn,texas tx,utah ut,vermont vt,virginia va,washington wa,westvirginia wv,wisconsin wi,' +
    'wyoming wy,americansamoa as,guam gu,northernmarianaislands mp,puertorico pr,virginislands vi'
  )
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]),
);

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

/**
 * A text in the form that Meta documents for its hash (Conversions API, customer information parameters); undefined if it cannot
 * be normalised. Normalising the result again does not change it.
 *
 * @param country normalised, if known: postal codes and states have another form in the USA
 */
export function normalisePersonField(field: PersonField, text: string, country?: string): string | undefined {
  const value = plain(text);
  const mayBeUs = country === undefined || country === 'us';
  switch (field) {
    case 'email':
      return EMAIL.test(value) ? value : undefined;
    case 'phone':
      return phone(value);
    case 'firstName':
    case 'lastName':
      return orNothing(plain(value.replace(NOT_IN_NAMES, '').replace(/\s+/g, ' ')));
    case 'dateOfBirth':
      return dateOfBirth(value);
    case 'gender':
      return Object.hasOwn(GENDERS, value) ? GENDERS[value] : undefined;
    case 'city':
      return orNothing(place(value));
    case 'state': {
      const state = place(value);
      return orNothing((mayBeUs ? US_STATES.get(state) : undefined) ?? state);
    }
    case 'postalCode': {
      const code = place(value);
      if (!POSTAL_CODE.test(code)) return undefined;
      return mayBeUs && ZIP_PLUS_4.test(code) ? code.slice(0, ZIP_LENGTH) : code;
    }
    case 'country':
      return COUNTRY.test(value) ? value : undefined;
  }
}

/** In composed form, because a platform hashes bytes, and `é` may also be two characters. */
function plain(text: string): string {
  return text.trim().toLowerCase().normalize('NFC');
}

function place(value: string): string {
  return value.replace(NOT_IN_PLACES, '').normalize('NFC');
}

function orNothing(value: string): string | undefined {
  return value === '' ? undefined : value;
}

/** A national number has no country code, so it could be another person's in another country. */
function phone(value: string): string | undefined {
  const isInternational = INTERNATIONAL.test(value);
  const digits = (isInternational ? value.replace(TRUNK, '') : value).replace(/\D/g, '');
  const number = isInternational ? digits.replace(/^0+/, '') : digits;
  return PHONE.test(number) ? number : undefined;
}

function dateOfBirth(value: string): string | undefined {
  const [, year, month, day] = DATE.exec(value) ?? [];
  if (Number(year) < OLDEST_YEAR || !isDay(Number(year), Number(month), Number(day))) return undefined;
  return `${year}${month}${day}`;
}
