import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BlockList, isIP } from 'node:net';
import { addressAs, peerOf } from '../../lib/request/client-address.js';

describe('addressAs()', () => {
  test.each([
    ['203.0.113.77', '203.0.113.77', '203.0.113.0'],
    ['::ffff:203.0.113.77', '203.0.113.77', '203.0.113.0'],
    ['::FFFF:cb00:714d', '203.0.113.77', '203.0.113.0'],
    ['0:0:0:0:0:ffff:203.0.113.77', '203.0.113.77', '203.0.113.0'],
    ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['2001:db8::7', '2001:db8::7', '2001:db8::'],
    ['fe80::1%eth0', 'fe80::1', 'fe80::'],
    ['::1', '::1', '::'],
    ['::', '::', '::'],
    // Addresses of version 6 that hold one of version 4, whole: 6to4, and Teredo, which ends with it inverted.
    ['2002:cb00:714d::1', '2002:cb00:714d::1', '203.0.113.0'],
    ['2002:CB00:714D:1:2:3:4:5', '2002:cb00:714d:1:2:3:4:5', '203.0.113.0'],
    ['2001:0:cb00:714d:0:0:34ff:8eb2', '2001:0:cb00:714d:0:0:34ff:8eb2', '2001:0:cb00::'],
    ['64:ff9b::203.0.113.77', '64:ff9b::203.0.113.77', '64:ff9b::'],
    ['0:1::', '0:1::', '0:1::'],
    // An IPv4-compatible address, which is deprecated.
    ['::203.0.113.77', '::203.0.113.77', '::'],
  ])('of %s keeps %s, or its network', (address, full, network) => {
    expect(addressAs('full', address)).toBe(full);
    expect(addressAs('truncated', address)).toBe(network);
  });

  test.each(['', 'unknown', '203.0.113', '203.0.113.256', '203.0.113.07', '1.2.3.4.5', '1.2.3.4:80'])(
    'takes %j for no address',
    (text) => {
      expect(addressAs('full', text)).toBeUndefined();
      expect(addressAs('truncated', text)).toBeUndefined();
    },
  );

  test.each([':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '1.2.3.4::'])(
    'takes %j for no address of version 6',
    (text) => {
      expect(isIP(text)).toBe(0);
      expect(addressAs('full', text)).toBeUndefined();
    },
  );

  test('agrees with Node about addresses', () => {
    const almost = fc
      .array(fc.constantFrom(':', '::', '.', '0', 'ffff', '1', '255', '256', 'a', 'g', '1.2.3.4'), {
        maxLength: 17,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), almost, fc.string()), (text) => {
        fc.pre(!text.includes('%'));
        expect(addressAs('full', text) !== undefined).toBe(isIP(text) !== 0);
        expect(addressAs('truncated', text) !== undefined).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps the network that the address lies in, and nothing else of it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const full = addressAs('full', address)!;
        fc.pre(!full.startsWith('2002:'));
        const network = addressAs('truncated', address)!;
        const family = isIP(full) === 4 ? 'ipv4' : 'ipv6';
        const around = new BlockList();
        around.addSubnet(network, family === 'ipv4' ? 24 : 48, family);
        expect(around.check(full, family)).toBe(true);
        expect(addressAs('truncated', network)).toBe(network);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('peerOf()', () => {
  const forwarded = { headers: { 'x-forwarded-for': '198.51.100.1' } };

  test.each([
    ['what the platform says', { ...forwarded, ip: '203.0.113.7', socket: { remoteAddress: '::1' } }],
    ['the peer of a request of Node', { ...forwarded, socket: { remoteAddress: '203.0.113.7' } }],
    ['the peer of a socket of socket.io', { handshake: { ...forwarded, address: '203.0.113.7' } }],
    ['the peer of a socket of ws', { ...forwarded, _socket: { remoteAddress: '203.0.113.7' } }],
    ['the peer of an upgrade', { upgradeReq: { ...forwarded, socket: { remoteAddress: '203.0.113.7' } } }],
  ])('is %s', (_, request) => {
    expect(peerOf(request)).toBe('203.0.113.7');
  });

  test.each([undefined, null, 'text', {}, forwarded, { ip: 7 }, { socket: null }])(
    'is undefined for %j',
    (request) => {
      expect(peerOf(request)).toBeUndefined();
    },
  );
});
