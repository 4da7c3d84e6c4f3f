import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { StrikeOut } from '../../../lib/delivery/answer/strike-out.js';

const TOKEN = 'tok&n/"with"+signs=<0123456789>\\ä';

type Encoding = (text: string) => string;

const utf8 = (text: string): number[] => [...Buffer.from(text)];
const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0');

/** The encodings of servers for a text that they repeat. */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'as it is': (text) => text,
  'in capitals': (text) => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()),
  'in small letters': (text) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  'escaped for a URL': (text) => encodeURIComponent(text),
  'escaped for a URL in small letters': (text) =>
    encodeURIComponent(text).replaceAll(/%../g, (escaped) => escaped.toLowerCase()),
  'escaped for a path': (text) => encodeURI(text),
  'escaped for a form': (text) => new URLSearchParams({ t: text }).toString().slice(2),
  'escaped byte by byte': (text) =>
    utf8(text)
      .map((byte) => `%${hex(byte, 2)}`)
      .join(''),
  'escaped for JSON': (text) => JSON.stringify(text).slice(1, -1),
  'escaped for JSON as PHP does it': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replaceAll('/', String.raw`\/`),
  'escaped for JSON as ASCII': (text) =>
    Array.from({ length: text.length }, (_, i) => `\\u${hex(text.charCodeAt(i), 4)}`).join(''),
  'escaped for HTML': (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('/', '&#x2F;')
      .replaceAll('=', '&#61;'),
  'escaped for HTML by number': (text) => Array.from(text, (c) => `&#${c.codePointAt(0)};`).join(''),
};

/** A base64 text has only this form. */
const BASE64: Readonly<Record<string, Encoding>> = {
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  'in base64 in lines': (text) => Buffer.from(text).toString('base64').replaceAll(/.{10}/g, '$&\r\n'),
  'in base64 behind a user': (text) => Buffer.from(`u:${text}`).toString('base64'),
  'in base64 behind a longer user': (text) => Buffer.from(`me:${text}`).toString('base64'),
  'in base64 before an empty password': (text) => Buffer.from(`${text}:`).toString('base64'),
  'in base64 within JSON': (text) => Buffer.from(JSON.stringify({ a: `${text}` })).toString('base64url'),
};

describe('a secret is struck out', () => {
  test.each(Object.entries(ENCODINGS))('%s', (_, encode) => {
    expect(new StrikeOut([TOKEN]).apply(`no: '${encode(TOKEN)}'!`)).toBe(`no: '***'!`);
  });

  test.each(Object.entries(ENCODINGS))('%s, twice', (_, encode) => {
    const echo = `(${encode(encode(TOKEN))}|${encode(TOKEN)})`;
    expect(new StrikeOut([TOKEN]).apply(echo)).toBe('(***|***)');
  });

  test.each(Object.entries(BASE64))('%s', (_, encode) => {
    const secret = 'token/that+nobody=may see 0123456789';
    const kept = new StrikeOut([secret]).apply(`no: '${encode(secret)}'!`);
    // Text around it in base64 may be left, such as the user.
    expect(kept).toMatch(/^no: '[\w+/]{0,12}\*\*\*[\w+/]{0,3}={0,2}'!$/);
  });

  test('cut off after eight characters and more, and not after seven', () => {
    const strikeOut = new StrikeOut([TOKEN]);
    for (let kept = 8; kept < TOKEN.length; kept++) {
      expect(strikeOut.apply(`no: ${TOKEN.slice(0, kept)}…`)).toBe('no: ***…');
    }
    expect(strikeOut.apply(`no: ${TOKEN.slice(0, 7)}…`)).toBe(`no: ${TOKEN.slice(0, 7)}…`);
  });

  test('if another one begins within it, or is a part of it', () => {
    expect(new StrikeOut(['key', 'key-and-more']).apply('key-and-more key')).toBe('*** ***');
    expect(new StrikeOut(['first-half', 'half-second']).apply('(first-half-second)')).toBe('(***)');
    expect(new StrikeOut(['hunter2', '']).apply('key hunter2 is not hunter2$&')).toBe('key *** is not ***$&');
  });

  test('that contains the replacement character, or begins with a byte order mark', () => {
    for (const secret of ['secret\uFFFD of eight', '\uFEFFsecret of eight']) {
      for (const encode of Object.values(ENCODINGS)) {
        expect(new StrikeOut([secret]).apply(`<${encode(secret)}>`)).toBe('<***>');
      }
    }
  });

  test('that looks escaped itself', () => {
    for (const secret of [
      'a%41b%42c%43d',
      String.raw`\N!!/!!!!!`,
      String.raw`a\u0041b\nc\\d`,
      'x&amp;y&#65;z',
      '100%ab%cd%ef',
    ]) {
      for (const encode of Object.values(ENCODINGS)) {
        expect(new StrikeOut([secret]).apply(`<${encode(secret)}>`)).toBe('<***>');
      }
    }
  });
});

test('nothing else is changed', () => {
  const text = String.raw`The field "a\u0041%41&amp;" is <b>not</b> known: %zz \x &#x; 100% of ä€😀`;
  expect(new StrikeOut([TOKEN]).apply(text)).toBe(text);
  expect(new StrikeOut([]).apply(text)).toBe(text);
});

test('no beginning of eight characters is left, for any secret, encodings and text around it', () => {
  const part = fc.string({ maxLength: 20 });
  const secret = fc.oneof(
    fc.stringMatching(/^[\x21-\x7e]{8,60}$/),
    fc.string({ unit: 'grapheme', minLength: 8, maxLength: 30 }),
    fc.base64String({ minLength: 8, maxLength: 60 }),
  );
  const encodings = fc.array(fc.constantFrom(...Object.values(ENCODINGS)), { maxLength: 2 });
  fc.assert(
    fc.property(secret, part, part, encodings, (text, before, after, layers) => {
      const echoed = layers.reduce((sum, encode) => encode(sum), text);
      const kept = new StrikeOut([text]).apply(`${before} ${echoed} ${after}`);
      const begins = text.slice(0, 8).toLowerCase();
      if (!(before + after).toLowerCase().includes(begins)) expect(kept.toLowerCase()).not.toContain(begins);
      expect(kept).not.toContain(echoed);
      expect(kept).toContain('***');
    }),
    { numRuns: 500 },
  );
});

test('no base64 of it is left, with any text around it', () => {
  const part = fc.string({ maxLength: 20 });
  const secret = fc.stringMatching(/^[\x21-\x7e]{8,60}$/);
  const alphabet = fc.constantFrom('base64' as const, 'base64url' as const);
  fc.assert(
    fc.property(secret, part, part, alphabet, (text, before, after, name) => {
      const kept = new StrikeOut([text]).apply(Buffer.from(before + text + after).toString(name));
      const [left = '', right = ''] = kept.split('***');
      expect(kept).toContain('***');
      // Each character of base64 is six bits: fewer are left of what stood around it than it had.
      expect(left.length * 6).toBeLessThanOrEqual(Buffer.byteLength(before) * 8);
      expect(right.replaceAll('=', '').length * 6).toBeLessThanOrEqual(Buffer.byteLength(after) * 8 + 4);
    }),
    { numRuns: 500 },
  );
});

/** How often its innermost steps are taken. */
function stepsOf(act: () => void): number {
  /* eslint-disable typescript/unbound-method -- each is called with its own object */
  const { get } = Map.prototype;
  const { push } = Array.prototype;
  const { charCodeAt } = String.prototype;
  /* eslint-enable typescript/unbound-method */
  let steps = 0;
  Map.prototype.get = function (this: Map<unknown, unknown>, key: unknown) {
    steps++;
    return get.call(this, key) as unknown;
  };
  Array.prototype.push = function (this: unknown[], ...items: unknown[]) {
    steps++;
    return push.apply(this, items);
  };
  String.prototype.charCodeAt = function (this: string, at: number) {
    steps++;
    return charCodeAt.call(this, at);
  };
  try {
    act();
  } finally {
    Map.prototype.get = get;
    Array.prototype.push = push;
    String.prototype.charCodeAt = charCodeAt;
  }
  return steps;
}

// Each is the worst for one step: escapes within escapes, beginnings everywhere, escapes that end nowhere.
test.each(['%2525', String.raw`\\`, '&amp;', 'a', 'aaaaaaab', '%', '&#', String.raw`\u00`, '\n'])(
  'its work grows with the text alone: %j',
  (unit) => {
    const strikeOut = new StrikeOut(['a'.repeat(64), 'aaaaaaab'.repeat(8)]);
    const [small = 0, large = 0] = [500, 2_000].map((units) =>
      stepsOf(() => void strikeOut.apply(unit.repeat(units))),
    );
    expect(small).toBeGreaterThan(500);
    expect(large / small).toBeLessThan(4.2);
  },
);
