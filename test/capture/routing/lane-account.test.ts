import { describe, expect, test } from '@jest/globals';
import { createHash, createHmac } from 'node:crypto';
import { laneAccount } from '../../../lib/capture/routing/lane-account.js';
import { type Destination, kissmetrics, webhook } from '../../../lib/index.js';
import { Shop } from '../../support/tracking.js';

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
    expect(laneAccount(new Shop('mine', { account: ['https://a.example/x'] })).host).toBe('a.example');
  });

  test('is the same with another name, or another speed', () => {
    expect(laneAccount(km(A, { name: 'other', concurrency: 1 }))).toEqual(laneAccount(km(A)));
  });

  test('differs for another project key, host, path, query or platform', () => {
    const all: Destination[] = [
      km(A),
      km(B),
      km(A, { endpoint: 'https://proxy.example' }),
      webhook({ url: 'https://a.example/1' }),
      webhook({ url: 'https://a.example/2' }),
      webhook({ url: 'https://a.example/1?tenant=1' }),
      new Shop('x'),
      new Shop('y'),
    ];
    const keys = all.map((destination) => laneAccount(destination).key);
    expect(new Set(keys).size).toBe(all.length);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['a secret', { secret: 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0' }],
    ['a header', { headers: { authorization: 'Bearer one-and-only' } }],
  ])('is the same with other credentials, which are told apart: %s', (_, options) => {
    const url = 'https://a.example/1';
    const [plain, with_] = [laneAccount(webhook({ url })), laneAccount(webhook({ url, ...options }))];
    expect(with_.key).toBe(plain.key);
    expect(with_.credentials).not.toBe(plain.credentials);
    // The digest that folders of earlier versions have.
    const before = [url, ...(webhook({ url, ...options }).credentials as string[])];
    expect(with_.credentials).toBe(
      createHmac('sha256', JSON.stringify(before)).update('webhook').digest('hex'),
    );
  });

  test('does not depend on credentials of a function, because they change', () => {
    const account = ['https://a.example/1', 'k'];
    const given = () => Promise.reject(new Error('not to be called'));
    expect(laneAccount(new Shop('x', { account, credentials: given }))).toEqual(
      laneAccount(new Shop('x', { account })),
    );
  });

  test('contains no user and no fragment of a URL', () => {
    const of = (place: string) => laneAccount(new Shop('x', { account: [place, 'k'] })).key;
    expect(of('https://user:one@a.example/in@box?x=1#top')).toBe(of('https://a.example/in@box?x=1'));
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
