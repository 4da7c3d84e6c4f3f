import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { hashPerson, normalisePersonField } from '../../../lib/capture/matching/normalise-person.js';
import { PERSON_FIELDS, type PersonField } from '../../../lib/event/person-data.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const unusable = (given: unknown): (string | undefined)[] => {
  const fields: (string | undefined)[] = [];
  hashPerson(given, (field) => fields.push(field));
  return fields;
};
const hashed = (given: unknown): unknown => hashPerson(given, () => {});

describe("a person's data has the form that Meta documents:", () => {
  test.each<[PersonField, string, string | undefined, string?]>([
    ['email', ' John_Smith@gmail.com ', 'john_smith@gmail.com'],
    ['email', 'john smith@gmail.com', undefined],
    ['email', 'john', undefined],
    ['phone', '+1 (650) 555-1212', '16505551212'],
    ['phone', '0049 30 901820', '4930901820'],
    ['phone', '+44 (0)20 7946 0000', '442079460000'],
    ['phone', '4930901820', '4930901820'],
    ['phone', '030 901820', undefined],
    ['phone', '12', undefined],
    ['phone', '+1234567890123456', undefined],
    ['firstName', 'Mary', 'mary'],
    ['firstName', '정', '정'],
    ['firstName', 'Vale\u0301ry', 'valéry'],
    ['firstName', '  Mary-Ann  O’Neil. ', 'maryann oneil'],
    ['lastName', '?!', undefined],
    ['dateOfBirth', '1997-02-16', '19970216'],
    ['dateOfBirth', '19970216', '19970216'],
    ['dateOfBirth', '1997-02-30', undefined],
    ['dateOfBirth', '1899-12-31', undefined],
    ['dateOfBirth', '2/16/1997', undefined],
    ['gender', 'F', 'f'],
    ['gender', 'Male', 'm'],
    ['gender', 'x', undefined],
    ['gender', 'constructor', undefined],
    ['city', 'New York', 'newyork'],
    ['city', 'St. Louis', 'stlouis'],
    ['state', 'California', 'ca'],
    ['state', 'New Hampshire', 'nh', 'us'],
    ['state', 'AZ', 'az'],
    ['state', 'Baden-Württemberg', 'badenwürttemberg', 'de'],
    ['state', 'Georgia', 'georgia', 'ge'],
    ['postalCode', '94035-1234', '94035', 'us'],
    ['postalCode', '94035 1234', '94035'],
    ['postalCode', '12345-6789', '123456789', 'sa'],
    ['postalCode', 'M1 1AE', 'm11ae'],
    ['postalCode', '00-950', '00950', 'pl'],
    ['postalCode', '-', undefined],
    ['country', 'DE', 'de'],
    ['country', 'Germany', undefined],
  ])('%s %p', (...[field, text, expected, country]) => {
    // A fourth parameter by name would be a callback of Jest's where a row has three members.
    expect(normalisePersonField(field, text, country)).toBe(expected);
  });

  test('the hashes are those of its documentation', () => {
    expect(
      hashed({ email: 'John_Smith@gmail.com', phone: '1(650)555-1212', firstName: 'Valéry', country: 'US' }),
    ).toEqual({
      email: '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f',
      phone: 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176',
      firstName: '08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c',
      country: sha256('us'),
    });
    expect(hashed({ firstName: 'Mary' })).toEqual({
      firstName: '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec',
    });
    expect(hashed({ firstName: '정' })).toEqual({
      firstName: '8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14',
    });
  });

  test('normalising a normalised text changes nothing, for any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[+0-9() .-]{0,20}$/),
      fc.stringMatching(/^ ?[A-Za-zÀ-ÿΣΑ'. -]{0,15}$/),
      fc.emailAddress(),
    );
    const country = fc.constantFrom(undefined, 'us', 'de');
    fc.assert(
      fc.property(fc.constantFrom(...PERSON_FIELDS), text, country, (field, given, from) => {
        const once = normalisePersonField(field, given, from);
        if (once !== undefined) expect(normalisePersonField(field, once, from)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('hashing', () => {
  test('accepts 64 hexadecimal digits as a hash, in upper and lower case', () => {
    const hash = sha256('ann@example.com');
    expect(hashed({ email: ` ${hash.toUpperCase()} `, country: hash })).toEqual({
      email: hash,
      country: hash,
    });
  });

  test('leaves out missing members, without a warning', () => {
    expect(hashed(undefined)).toBeUndefined();
    expect(hashed({ email: undefined, phone: null, city: '' })).toBeUndefined();
    expect(unusable({ email: undefined, phone: null, city: '', other: 5 })).toEqual([]);
  });

  test('names each field that is unusable', () => {
    const getter = Object.defineProperty({}, 'city', {
      get() {
        throw new Error('hunter2');
      },
    });
    expect(unusable({ email: 'ann', phone: 4930901820, dateOfBirth: new Date(), country: 'DE' })).toEqual([
      'email',
      'phone',
      'dateOfBirth',
    ]);
    expect(unusable(getter)).toEqual(['city']);
    expect(unusable('ann@example.com')).toEqual([undefined]);
  });
});
