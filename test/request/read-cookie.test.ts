import { describe, expect, test } from '@jest/globals';
import { readCookie } from '../../lib/request/read-cookie.js';

describe('readCookie', () => {
  test('decodes the raw header once', () => {
    const request = { headers: { cookie: 'a=1; km_ai=x%2By%3D; twice=%2525' } };
    expect(readCookie(request, 'km_ai')).toBe('x+y=');
    expect(readCookie(request, 'twice')).toBe('%25');
    expect(readCookie(request, 'absent')).toBeUndefined();
  });

  test('does not decode again after a cookie plugin', () => {
    expect(readCookie({ cookies: { km_ai: 'a%2Bb' }, headers: { cookie: 'km_ai=other' } }, 'km_ai')).toBe(
      'a%2Bb',
    );
  });

  test('looks into the header until the plugin has run', () => {
    expect(readCookie({ cookies: null, headers: { cookie: 'id=7' } }, 'id')).toBe('7');
  });

  test('returns broken percent-encoding as it came', () => {
    expect(readCookie({ headers: { cookie: 'id=%E0%A4%A; ok=%20' } }, 'id')).toBe('%E0%A4%A');
  });

  test('reads the handshake of a socket', () => {
    expect(readCookie({ handshake: { headers: { cookie: 'id=7' } } }, 'id')).toBe('7');
  });

  test('returns undefined for an empty or inherited value, or one that is not a text', () => {
    expect(readCookie({ headers: { cookie: 'id=' } }, 'id')).toBeUndefined();
    expect(readCookie({ cookies: {} }, 'constructor')).toBeUndefined();
    expect(readCookie({ headers: { cookie: 'a=1' } }, '__proto__')).toBeUndefined();
    expect(readCookie({ cookies: { cart: { items: 3 } } }, 'cart')).toBeUndefined();
    for (const request of [undefined, null, 'text', 7, {}, { headers: null }, { headers: { cookie: 7 } }]) {
      expect(readCookie(request, 'a')).toBeUndefined();
    }
  });
});
