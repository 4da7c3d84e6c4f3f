import { describe, expect, test } from '@jest/globals';
import { fromKissmetricsCookies } from '../../../lib/destinations/kissmetrics/kissmetrics-cookies.js';

const ANONYMOUS = 'yMnKy8zNzs/Q0dLT1NXW19jZ2ts=';
const read = (cookies: Record<string, string>) => fromKissmetricsCookies()({ cookies });

describe('fromKissmetricsCookies()', () => {
  test('reads the browser’s id, and the person’s name as a claim only', () => {
    expect(read({ km_ai: ANONYMOUS, km_ni: 'ada' })).toEqual({
      anonymousId: ANONYMOUS,
      claimedUserId: 'ada',
    });
  });

  test.each([
    ['the name of a person', 'ada@example.com'],
    ['28 characters without the last sign', `${ANONYMOUS.slice(0, 27)}A`],
    ['a line more', `${ANONYMOUS}\n`],
    ['one character less', ANONYMOUS.slice(1)],
    ['an identifier of another kind', '0198c2a0-1111-7a11-8111-000000000001'],
  ])('takes %s for no anonymous id', (_, km_ai) => {
    expect(read({ km_ai })).toEqual({});
  });

  test.each(['', 'x'.repeat(256), 'a\nb', '\u0000', 'a\u0085'])('ignores the name %j', (km_ni) => {
    expect(read({ km_ni })).toEqual({});
  });

  test.each([
    undefined,
    null,
    'text',
    7,
    {},
    { headers: {} },
    { headers: { cookie: 'km_ai' } },
    { cookies: null },
  ])('gives nothing for the request %j', (request) => {
    expect(fromKissmetricsCookies()(request)).toEqual({});
  });
});
