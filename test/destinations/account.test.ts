import { expect, test } from '@jest/globals';
import { accountOf, basicAuthorization } from '../../lib/destinations/account.js';
import { Notices } from './notices.js';

const KEY = 'write-key-0123456789';

test('keys select the account, headers only authenticate, and every form of both is a secret', () => {
  const basic = basicAuthorization(KEY);
  const { account, credentials, secrets } = accountOf({
    name: 'shop',
    url: 'https://api.example.com/tenant-4711',
    keys: [KEY, undefined],
    credentials: ['service-account-secret'],
    forms: [basic],
    headers: { authorization: 'Bearer proxy-token-1' },
  }).members;
  expect(account).toEqual(['api.example.com/tenant-4711', KEY]);
  expect(credentials).toEqual(['service-account-secret', 'Bearer proxy-token-1']);
  expect(secrets).toEqual(
    expect.arrayContaining([KEY, 'service-account-secret', basic, 'proxy-token-1', 'tenant-4711']),
  );
});

test('a short word does not count as a secret: removing it would make answers unreadable', () => {
  expect(accountOf({ name: 'shop', url: '', keys: ['1'] }).members.secrets).toEqual([]);
});

test('warns at start of a key over plain http: to another machine', () => {
  const notices = new Notices();
  for (const url of ['http://10.0.0.7', 'http://127.0.0.1:9', 'https://api.example.com'])
    accountOf({ name: 'shop', url, keys: [KEY] }).members.open(notices);
  expect(notices.all.map(({ notice }) => notice)).toEqual(['plain_http']);
});

test('counts no notice before it is opened', () => {
  const notices = new Notices();
  const { members, notice } = accountOf({ name: 'shop', url: '', keys: [KEY] });
  notice('normalised', 'before', () => 'before');
  members.open(notices);
  notice('normalised', 'after', () => 'after');
  expect(notices.all.map(({ about }) => about)).toEqual(['after']);
});
