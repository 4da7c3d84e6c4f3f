import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { checkPath, outgoingHeaders } from '../../../lib/delivery/http/outgoing-headers.js';
import { PACKAGE_VERSION } from '../../../lib/host/package-version.js';

const sent = (headers: Record<string, string> | undefined): Record<string, string> =>
  outgoingHeaders({ method: 'POST', url: 'http://shop.example/', ...(headers && { headers }) });

/** The code of the error; undefined where the request is allowed. */
function refusal(headers: Record<string, string> | undefined, path = '/'): unknown {
  try {
    checkPath(path);
    sent(headers);
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
    ['a header of the connection', { Expect: '100-continue' }, '/'],
    ['another one', { 'transfer-encoding': 'chunked' }, '/'],
    ['no list of words for the connection', { Connection: 'close,' }, '/'],
    ['credentials for a proxy', { 'Proxy-Authorization': 'Basic YTpi' }, '/'],
    ['a space in the path', {}, '/a b'],
    ['an emoji in the path', {}, '/\u{1f600}'],
  ])('%s', (_, headers, path) => {
    expect(refusal(headers, path)).toBe('UND_ERR_INVALID_ARG');
  });

  test('headers that HTTP allows are sent', () => {
    const odd = { "x!#$%&'*+-.^_`|~9": 'tab\there, ~ and \u00ff', authorization: '' };
    expect(refusal(odd, '/a%20b?c=\u00e9&d[]=~')).toBeUndefined();
    expect(refusal(undefined)).toBeUndefined();
    expect(refusal({ Connection: 'close, X-A' })).toBeUndefined();
    expect(refusal({ 'x-left-out': undefined } as unknown as Record<string, string>)).toBeUndefined();
  });
});

describe('the headers that are sent', () => {
  test('name the package and its version if the request has no user agent', () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as {
      version: string;
    };
    expect(PACKAGE_VERSION).toBe(version);
    expect(sent(undefined)).toEqual({ 'user-agent': `nestjs-tracking/${version}` });
    expect(sent({ 'user-agent': undefined as never })).toEqual(sent(undefined));
  });

  test('have each name once, in any letter case', () => {
    expect(sent({ 'USER-Agent': 'shop/2' })).toEqual({ 'user-agent': 'shop/2' });
    expect(sent({ 'User-Agent': 'shop/1', 'user-agent': 'shop/2', 'X-A': '1', 'x-a': '2' })).toEqual({
      'user-agent': 'shop/2',
      'x-a': '2',
    });
  });

  test('leave the length of the body to undici, which knows it', () => {
    expect(sent({ 'Content-Length': 'x', 'X-A': '1' })).toEqual({
      'user-agent': expect.any(String),
      'x-a': '1',
    });
  });

  test('say of a compressed body that it is one', () => {
    const headers = { 'Content-Encoding': 'identity' };
    const request = { method: 'POST', url: 'http://shop.example/', compress: 'gzip', headers } as const;
    expect(outgoingHeaders(request)).toMatchObject({ 'content-encoding': 'gzip' });
  });
});
