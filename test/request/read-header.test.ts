import { describe, expect, test } from '@jest/globals';
import { readHeader, readSingleHeader } from '../../lib/request/read-header.js';

describe('readHeader()', () => {
  test.each([
    ['Express or Fastify', { headers: { 'x-id': '7' } }],
    ['a handshake of socket.io', { handshake: { headers: { 'x-id': '7' } } }],
    ['a ws socket that kept its upgrade request', { upgradeReq: { headers: { 'x-id': '7' } } }],
    ['a ws socket that kept it by another name', { request: { headers: { 'x-id': '7' } } }],
    ['the platform of fetch', { headers: new Headers({ 'X-Id': '7' }) }],
    ['an array of one', { headers: { 'x-id': ['7'] } }],
    ['an array of equals', { headers: { 'x-id': ['7', '7'] } }],
  ])('reads one of %s', (_, request) => {
    expect(readHeader(request, 'x-id')).toBe('7');
    expect(readHeader(request, 'x-other')).toBeUndefined();
  });

  test('says nothing for several values, and finds nothing inherited', () => {
    expect(readHeader({ headers: { 'x-id': ['7', '8'] } }, 'x-id')).toBeUndefined();
    expect(readHeader({ headers: {} }, 'constructor')).toBeUndefined();
    expect(readHeader({ headers: {} }, '__proto__')).toBeUndefined();
    expect(readHeader({ headers: new Headers() }, 'get')).toBeUndefined();
    for (const request of [undefined, null, 'text', 7, {}, { headers: null }, { headers: 'x-id: 7' }, []]) {
      expect(readHeader(request, 'x-id')).toBeUndefined();
    }
  });
});

describe('readSingleHeader()', () => {
  const joined = { 'x-id': 'mallory, ada' };
  const twice = ['Host', 'shop', 'X-Id', 'mallory', 'x-id', 'ada'];

  test.each([
    ['Express', { headers: joined, rawHeaders: twice }],
    ['Fastify', { headers: joined, raw: { rawHeaders: twice } }],
    ['socket.io', { handshake: { headers: joined }, request: { rawHeaders: twice } }],
    ['ws', { upgradeReq: { headers: joined, rawHeaders: twice } }],
  ])('believes neither of two that were sent to %s', (_, request) => {
    expect(readSingleHeader(request, 'x-id')).toBeUndefined();
  });

  test('keeps a comma in a value', () => {
    const rawHeaders = ['Host', 'shop', 'X-Id', 'mallory, ada'];
    expect(readSingleHeader({ headers: joined, rawHeaders }, 'x-id')).toBe('mallory, ada');
    expect(readSingleHeader({ headers: joined }, 'x-id')).toBe('mallory, ada');
  });
});
