import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventParts } from '../../../lib/capture/made-event.js';
import type { RedactionRules } from '../../../lib/capture/privacy/privacy-options.js';
import { Refusal } from '../../../lib/capture/call-end.js';
import { RuleRedaction } from '../../../lib/capture/privacy/rule-redaction.js';
import { emailAddresses, paymentCardNumbers } from '../../../lib/capture/privacy/text-patterns.js';
import { snapshot } from '../../../lib/event/snapshot.js';

const partsOf = (properties: object, context?: object, name = 'Signed Up'): EventParts => ({
  name,
  timestamp: 0,
  who: { userId: 'ann' },
  groupId: undefined,
  previousId: undefined,
  properties: snapshot(properties, 10_000_000),
  context: context && snapshot(context, 10_000_000),
});

/** The reason, if nothing is left. */
const reasonOr = (left: EventParts | Refusal) => (left instanceof Refusal ? left.reason : left);

const apply = (rules: RedactionRules, properties: object, context?: object, name?: string) =>
  reasonOr(new RuleRedaction(rules, 1_000_000).apply(partsOf(properties, context, name)));

const left = (rules: RedactionRules, properties: object): unknown => {
  const parts = apply(rules, properties);
  if (typeof parts === 'string') return parts;
  return JSON.parse(JSON.stringify(parts.properties.value));
};

/** Objects into which a secret is put at any place where text can be: values, elements, names of members. */
const withSecret = (secret: fc.Arbitrary<string | number>): fc.Arbitrary<object> => {
  const { object } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      secret,
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('object'),
    ),
    object: fc.dictionary(fc.oneof(fc.string(), secret.map(String)), tie('value'), { maxKeys: 5 }),
  }));
  return object;
};

describe('names', () => {
  test('remove their values, at any depth of properties and context', () => {
    const parts = apply(
      { keys: [/^pass(word)?$/i, /token/i] },
      { Password: 'p', a: [{ pass: { deep: 1 } }], accessToken: 3, compass: 'north' },
      { session: { token: 't' } },
    ) as EventParts;
    expect(parts.properties.value).toEqual({
      Password: '[redacted]',
      a: [{ pass: '[redacted]' }],
      accessToken: '[redacted]',
      compass: 'north',
    });
    expect(parts.context!.value).toEqual({ session: { token: '[redacted]' } });
  });

  test('nothing stays under a name that matches, at any place', () => {
    const name = fc.constantFrom('secret', 'mySecret', 'SECRET_2', 'secret.of.mine');
    const value = fc.oneof(
      fc.constant('hunter2'),
      fc.constant({ deep: ['hunter2'] }),
      fc.constant(['hunter2']),
    );
    const objects = fc.letrec<{ tree: object }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.tuple(name, value).map(([key, hidden]) => ({ [key]: hidden })),
        fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
        fc.record({ list: fc.array(tie('tree'), { maxLength: 3 }) }),
      ),
    }));
    fc.assert(
      fc.property(objects.tree, fc.boolean(), (properties, remove) => {
        const written = JSON.stringify(left({ keys: [/secret/i], remove }, properties));
        expect(written).not.toContain('hunter2');
      }),
    );
  });

  test('a pattern with a state has no memory', () => {
    for (const flags of ['g', 'y', 'gy']) {
      const pattern = new RegExp('secret', flags);
      const redaction = new RuleRedaction({ keys: [pattern] }, 1_000);
      for (let i = 0; i < 4; i++) {
        const parts = redaction.apply(partsOf({ [`my secret ${i}`]: 'hunter2' }));
        expect(JSON.stringify(parts)).not.toContain('hunter2');
      }
      expect(pattern.lastIndex).toBe(0);
    }
  });

  test('results stay right with any number of names', () => {
    const redaction = new RuleRedaction({ keys: [/7$/] }, 1_000);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 3_000; i++) {
        const { properties } = redaction.apply(partsOf({ [`name${i}`]: 1 })) as EventParts;
        expect(properties.value[`name${i}`]).toBe(i % 10 === 7 ? '[redacted]' : 1);
      }
    }
  });
});

describe('texts', () => {
  const MAIL = { values: [emailAddresses] };

  test('lose the matches and keep the rest', () => {
    expect(left(MAIL, { note: 'from ann@example.com, twice', n: 1, ok: true, no: null })).toEqual({
      note: 'from [redacted], twice',
      n: 1,
      ok: true,
      no: null,
    });
  });

  test('in names of members are cleaned, and two names with the same rest keep both values', () => {
    expect(
      left(MAIL, { 'a@example.com': 1, 'b@example.com': 2, '[redacted]': 3, 'c@example.com': 4 }),
    ).toEqual({
      '[redacted]': 1,
      '[redacted] 2': 2,
      '[redacted] 3': 3,
      '[redacted] 4': 4,
    });
  });

  test("in the event's name are cleaned; ids do not change", () => {
    const parts = new RuleRedaction(MAIL, 1_000).apply({
      ...partsOf({}, undefined, 'Mail to ann@example.com'),
      who: { userId: 'ann@example.com' },
    }) as EventParts;
    expect(parts.name).toBe('Mail to [redacted]');
    expect(parts.who).toEqual({ userId: 'ann@example.com' });
  });

  test('an event whose whole name is removed is rejected', () => {
    expect(apply({ ...MAIL, remove: true }, {}, undefined, 'ann@example.com')).toBe('invalid_name');
    expect(apply({ values: [/x/], replacement: 'y'.repeat(999) }, {}, undefined, 'xx')).toBe('invalid_name');
  });

  test('an integer is matched by its digits, a fraction is not', () => {
    const rules = { values: [paymentCardNumbers, /^4711$/] };
    expect(
      left(rules, { card: 4111111111111111, n: 4711, m: 47_110, f: 0.4111111111111111, list: [4711] }),
    ).toEqual({
      card: '[redacted]',
      n: '[redacted]',
      m: 47_110,
      f: 0.4111111111111111,
      list: ['[redacted]'],
    });
  });

  test('a text longer than the limit is replaced as a whole, whether it matches or not', () => {
    const rules = { ...MAIL, maxTextLength: 20 };
    expect(left(rules, { a: 'x'.repeat(20), b: 'x'.repeat(21), ['x'.repeat(21)]: 1 })).toEqual({
      a: 'x'.repeat(20),
      b: '[redacted]',
      '[redacted]': 1,
    });
    expect(left({ keys: [/a/], maxTextLength: 20 }, { ['x'.repeat(21)]: 1, b: 'x'.repeat(21) })).toEqual({
      ['x'.repeat(21)]: '[redacted]',
      b: 'x'.repeat(21),
    });
    expect(left(MAIL, { a: 'x'.repeat(10_001), b: 'y'.repeat(10_000) })).toEqual({
      a: '[redacted]',
      b: 'y'.repeat(10_000),
    });
  });

  test('are cut out with `remove`, and left out if nothing remains', () => {
    expect(
      left(
        { ...MAIL, remove: true },
        { a: 'to ann@example.com!', b: 'ann@example.com', c: ['x@example.com'] },
      ),
    ).toEqual({
      a: 'to !',
      c: [null],
    });
  });

  test('text that a cut joins is found, too', () => {
    expect(left({ values: [/abc/], remove: true }, { x: 'aabcbc' })).toEqual({});
    expect(left({ values: [/secret/, /-/], remove: true }, { x: 'sec-ret' })).toEqual({});
    expect(left({ values: [/a#b/, /x/], replacement: '#' }, { n: 'axb' })).toEqual({ n: '#' });
  });

  test('a replacement is plain text, also with special characters', () => {
    expect(left({ values: [/hunter\d/], replacement: "$&$1$`$'$<a>" }, { x: 'a hunter2 b' })).toEqual({
      x: "a $&$1$`$'$<a> b",
    });
  });

  test('flags with a state make no difference, and the pattern does not change', () => {
    for (const flags of ['', 'g', 'y', 'gy', 'gi', 'u', 'gu', 's']) {
      const pattern = new RegExp('hunter\\d', flags);
      pattern.lastIndex = 3;
      const redaction = new RuleRedaction({ values: [pattern] }, 1_000);
      for (let i = 0; i < 3; i++) {
        const parts = redaction.apply(partsOf({ x: 'a hunter1 b hunter2' })) as EventParts;
        expect(parts.properties.value).toEqual({ x: 'a [redacted] b [redacted]' });
      }
      expect(pattern.lastIndex).toBe(3);
    }
  });

  test.each<[string, (text: string) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('hunter2');
      },
    ],
    ['returns a promise', (text) => Promise.resolve(text)],
    ['returns a promise that fails', () => Promise.reject(new Error('hunter2'))],
    ['returns nothing', () => undefined],
    ['returns a number', () => 5],
  ])('a pattern of the application that %s refuses the event', (_, pattern) => {
    expect(apply({ values: [pattern as never] }, { x: 'text' })).toBe('redact_error');
  });
});

describe('the cleaned event', () => {
  const secrets = fc.oneof(
    fc.constant('ann@example.com'),
    fc.constant('say ann@example.com now'),
    fc.constant('ann%40example.com'),
    fc.constant(4111111111111111),
    fc.constant('4111 1111 1111 1111'),
    fc.constant('hunter2 and hunter3'),
  );
  const rules = fc.record({
    values: fc.constant([emailAddresses, paymentCardNumbers, /hunter\d/gy]),
    keys: fc.constantFrom([], [/^a/]),
    paths: fc.constantFrom([], ['properties.*.b']),
    remove: fc.boolean(),
  });

  test('contains no text that a pattern matches, at any place', () => {
    fc.assert(
      fc.property(withSecret(secrets), withSecret(secrets), rules, (properties, context, given) => {
        const parts = apply(given, properties, context, 'For ann@example.com');
        expect(JSON.stringify(parts)).not.toMatch(/ann(@|%40)example|4111 ?1111|hunter\d/);
      }),
    );
  });

  test('has the size that is reported', () => {
    fc.assert(
      fc.property(withSecret(secrets), withSecret(secrets), rules, (properties, context, given) => {
        const parts = apply(given, properties, context) as EventParts;
        expect(parts.properties.size).toBe(snapshot(parts.properties.value, 10_000_000).size);
        expect(parts.context!.size).toBe(snapshot(parts.context!.value, 10_000_000).size);
      }),
    );
  });

  test('does not change if nothing matches, and the input never changes', () => {
    fc.assert(
      fc.property(withSecret(secrets), rules, (properties, given) => {
        const before = partsOf(properties, properties);
        const written = JSON.stringify(before);
        new RuleRedaction(given, 1_000_000).apply(before);
        expect(JSON.stringify(before)).toBe(written);
      }),
    );
    const clean = partsOf({ a: { b: [1, 'two', null] } }, { c: 3 });
    expect(new RuleRedaction({ values: [emailAddresses], keys: [/secret/] }, 1_000).apply(clean)).toBe(clean);
  });

  test('may be too large because of the replacements', () => {
    const rules = { values: [/x/], replacement: 'y'.repeat(100) };
    expect(reasonOr(new RuleRedaction(rules, 1_000).apply(partsOf({ a: 'x'.repeat(50) })))).toBe('too_large');
  });
});
