import ipaddr from 'ipaddr.js';
import { parsedAddress } from '../host/private-hosts.js';

type Precision = 'truncated' | 'full';

/** An address that an event may keep: as a whole, or the network that it is in (IPv4 /24, IPv6 /48). */
export function addressAs(precision: Precision, text: string): string | undefined {
  const address = parsedAddress(text);
  if (address === undefined) return undefined;
  if (address instanceof ipaddr.IPv4) return version4(precision, address.octets);
  if (precision === 'full') return text.split('%', 1)[0]!.toLowerCase();
  // 6to4: bytes 2 to 5 are an IPv4 address.
  if (address.range() === '6to4') return version4(precision, address.toByteArray().slice(2, 6));
  return new ipaddr.IPv6([...address.parts.slice(0, 3), 0, 0, 0, 0, 0]).toString();
}

function version4(precision: Precision, bytes: readonly number[]): string {
  return precision === 'full' ? bytes.join('.') : [...bytes.slice(0, 3), 0].join('.');
}

/**
 * The client's address as Express or Fastify reports it. They read `X-Forwarded-For` only from proxies that the application
 * trusts. Without such a framework it is the socket's peer.
 */
export function peerOf(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { ip, handshake, _socket, upgradeReq, request: upgrade, socket, raw } = request as MaybePeer;
  const address =
    ip ??
    handshake?.address ??
    [_socket, socket, raw?.socket, upgradeReq?.socket, upgrade?.socket].find(hasPeer)?.remoteAddress;
  return typeof address === 'string' ? address : undefined;
}

interface Socket {
  readonly remoteAddress?: unknown;
}

interface MaybePeer {
  /** Express, Fastify. */
  readonly ip?: unknown;
  /** socket.io: the peer, not an address from headers. */
  readonly handshake?: { readonly address?: unknown } | null;
  /** ws. */
  readonly _socket?: Socket | null;
  /** Node. */
  readonly socket?: Socket | null;
  readonly raw?: { readonly socket?: Socket | null } | null;
  readonly upgradeReq?: { readonly socket?: Socket | null } | null;
  readonly request?: { readonly socket?: Socket | null } | null;
}

function hasPeer(socket: Socket | null | undefined): boolean {
  return typeof socket?.remoteAddress === 'string';
}
