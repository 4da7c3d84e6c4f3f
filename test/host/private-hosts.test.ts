import { describe, expect, test } from '@jest/globals';
import { isLoopback, isPrivateAddress, isPrivateHost } from '../../lib/host/private-hosts.js';

describe('an address that is not reachable from everywhere', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.170',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::10.0.0.1',
    '::8.8.8.8',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::8.8.8.8',
    '100::1',
    '100:0:0:1::1',
    '4000::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'what is none',
    '',
  ])('%s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.169.0.0',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2001:4860:4860::8888',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82a::200e',
  ])('is not %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

test.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://017700000001/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://0/',
  'http://127.0.0.1./',
  'http://１２７.0.0.1/',
  'https://[::1]:8443/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:a00:1]/',
  'https://[fd00::7]/',
  'http://169.254.169.254/latest/meta-data',
  'http://localhost:3000/',
  'http://LOCALHOST./',
  'http://api.localhost/',
])('%s names a private host, however it is written', (url) => {
  expect(isPrivateHost(url)).toBe(true);
});

test.each([
  'https://shop.example/',
  'https://8.8.8.8/',
  'https://[2001:4860:4860::8888]/',
  'http://localhost.example/',
])('%s does not', (url) => {
  expect(isPrivateHost(url)).toBe(false);
  expect(isLoopback(url)).toBe(false);
});

test('loopback addresses differ from other private ones', () => {
  for (const url of [
    'http://localhost/',
    'http://127.9.9.9/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
  ]) {
    expect(isLoopback(url)).toBe(true);
  }
  for (const url of ['http://10.0.0.1/', 'http://192.168.0.1/', 'http://collector/', 'http://[fd00::1]/']) {
    expect(isLoopback(url)).toBe(false);
  }
});
