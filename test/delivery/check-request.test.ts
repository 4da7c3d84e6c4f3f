import { describe, expect, test } from '@jest/globals';
import { checkRequest } from '../../lib/delivery/check-request.js';

/** The code of the error; undefined where the request is allowed. */
function refusal(headers: Record<string, string> | undefined, path = '/'): unknown {
  try {
    checkRequest(headers, path);
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

describe('a request that undici would refuse is refused before', () => {
  test.each([
    ['a line feed in a value', { 'x-a': 'b\nc' }, '/'],
    ['a letter beyond latin1 in a value', { 'x-a': '\u0142' }, '/'],
    ['a control character in a value', { 'x-a': '\u007f' }, '/'],
    ['a space in a name', { 'x a': 'b' }, '/'],
    ['an empty name', { '': 'b' }, '/'],
    ['a space in the path', {}, '/a b'],
    ['an emoji in the path', {}, '/\u{1f600}'],
  ])('%s', (_, headers, path) => {
    expect(refusal(headers, path)).toBe('UND_ERR_INVALID_ARG');
  });

  test('and what HTTP allows passes', () => {
    const odd = { "x!#$%&'*+-.^_`|~9": 'tab\there, ~ and \u00ff', authorization: '' };
    expect(refusal(odd, '/a%20b?c=\u00e9&d[]=~')).toBeUndefined();
    expect(refusal(undefined)).toBeUndefined();
    expect(refusal({ 'x-left-out': undefined } as unknown as Record<string, string>)).toBeUndefined();
  });
});
