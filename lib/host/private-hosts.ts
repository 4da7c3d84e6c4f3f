import { BlockList, isIP } from 'node:net';

type Range = readonly [address: string, prefix: number];

/** IANA's special-purpose registries: addresses that are not globally reachable, multicast, and reserved ranges. */
const V4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const V6: readonly Range[] = [
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];
/** Prefixes of an IPv4 address within an IPv6 one: mapped by the system, translated by NAT64. */
const V4_IN_V6 = ['::ffff:', '64:ff9b::'];

const privateAddresses = new BlockList();
for (const [address, prefix] of V4) {
  privateAddresses.addSubnet(address, prefix, 'ipv4');
  for (const before of V4_IN_V6) privateAddresses.addSubnet(before + address, 96 + prefix, 'ipv6');
}
for (const [address, prefix] of V6) privateAddresses.addSubnet(address, prefix, 'ipv6');

/** Whether an IP address is of this machine, of a private network, or reserved. */
export function isPrivateAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) is no part of the address.
  const [plain] = address.split('%', 1);
  const version = isIP(plain!);
  return version === 0 || privateAddresses.check(plain!, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a URL's host is private without a lookup; a name may still resolve to a private address. */
export function isPrivateHost(url: string): boolean {
  const host = hostOf(url);
  return isLocalName(host) || (isIP(host) > 0 && isPrivateAddress(host));
}

/** Whether requests to a URL stay on this machine. */
export function isLoopback(url: string): boolean {
  const host = hostOf(url);
  return isLocalName(host) || /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:7f[\da-f]{2}:[\da-f]{1,4})$/.test(host);
}

function isLocalName(host: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(host);
}

/** As `URL` writes it: in lower case, with decimal and octal forms of an address in the usual one; without brackets. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

/** Whether a text is an IPv4 or IPv6 address and nothing else. */
export function isAddress(text: string): boolean {
  return isIP(text) > 0;
}
