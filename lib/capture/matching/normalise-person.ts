import { isDay } from '../../event/event-time.js';
import type { PersonField } from '../../event/person-data.js';
import { US_STATES } from './us-states.js';

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
/** A ZIP code with its extension. */
const ZIP_PLUS_4 = /^\d{9}$/;
const ZIP_LENGTH = 5;
const POSTAL_CODE = /^[\p{L}\p{N}]{2,}$/u;
const COUNTRY = /^[a-z]{2}$/;
const GENDERS: Readonly<Record<string, string>> = { f: 'f', female: 'f', m: 'm', male: 'm' };

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
