import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { laneAccount } from '../../lib/capture/lane-account.js';
import { kissmetrics, webhook } from '../../lib/index.js';
import type { Destination } from '../../lib/index.js';
import { Shop } from '../support/tracking.js';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const km = (apiKey: string, more = {}) => kissmetrics({ apiKey, ...more });

describe('the account of a lane', () => {
  test('names the platform and its host', () => {
    expect(laneAccount(km(A))).toMatchObject({ kind: 'kissmetrics', host: 'trk.kissmetrics.io' });
    const hook = webhook({ url: 'https://Hooks.Example:8443/in/7?token=sesame-open#x' });
    expect(laneAccount(hook)).toMatchObject({ kind: 'webhook', host: 'hooks.example:8443' });
    expect(laneAccount(webhook({ url: 'http://[::1]:9/' })).host).toBe('[::1]:9');
    expect(laneAccount(new Shop('mine', { account: ['localhost', 'x'] })).host).toBe('localhost');
  });

  test('is the same for the same one, whatever the name and the pace', () => {
    expect(laneAccount(km(A, { name: 'other', concurrency: 1 }))).toEqual(laneAccount(km(A)));
  });

  test('is another one for another credential, host or platform', () => {
    const all: Destination[] = [
      km(A),
      km(B),
      km(A, { endpoint: 'https://proxy.example' }),
      webhook({ url: 'https://a.example/1' }),
      webhook({ url: 'https://a.example/2' }),
      webhook({ url: 'https://a.example/1', secret: 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=' }),
      webhook({ url: 'https://a.example/1', headers: { authorization: 'Bearer one-and-only' } }),
      new Shop('x'),
      new Shop('y'),
    ];
    const keys = all.map((destination) => laneAccount(destination).key);
    expect(new Set(keys).size).toBe(all.length);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['a key', km('sesame-open')],
    ['a query', webhook({ url: 'https://a.example/in?token=sesame-open' })],
    ['a header', webhook({ url: 'https://a.example', headers: { authorization: 'sesame-open' } })],
    ['a URL’s user', new Shop('x', { account: ['https://user:sesame-open@a.example/', 'k'] })],
    ['the only member', new Shop('x', { account: ['sesame-open'] })],
    ['the first member', new Shop('x', { account: ['sesame-open', 'host'], secrets: ['sesame-open'] })],
  ])('shows no credential: %s', (_, destination) => {
    const account = laneAccount(destination);
    expect(JSON.stringify(account)).not.toContain('sesame');
    const plain = createHash('sha256').update('sesame-open').digest('hex');
    expect(account.key).not.toBe(plain);
  });
});
