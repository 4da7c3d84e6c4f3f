import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** Global IPv6 addresses. IANA has assigned no other network for them. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** NAT64 puts an IPv4 address behind this prefix. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** An IP address without its zone (`fe80::1%eth0`), IPv4 in place of an IPv4-mapped one; undefined for any other text. */
export function parsedAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const [plain = ''] = text.split('%', 1);
  // ipaddr.js also accepts `127.1`, and reads `::192.0.2.1` as `::ffff:192.0.2.1`.
  return isAddress(plain) ? ipaddr.process(plain.replace(/^::(?=\d+\.)/, '0::')) : undefined;
}

/** Whether an IP address is of this machine, of a private network, or reserved. True for text that is no address. */
export function isPrivateAddress(text: string): boolean {
  const address = parsedAddress(text);
  return address === undefined || !isReachable(address);
}

function isReachable(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.match(NAT64)) return isReachable(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return address.match(GLOBAL_UNICAST) && address.range() === 'unicast';
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

export function isAddress(text: string): boolean {
  return isIP(text) > 0;
}
