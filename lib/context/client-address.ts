/** The network 2002::/16, whose first 48 bits hold an IPv4 address as a whole. */
const SIX_TO_FOUR = 0x2002;

/** An address as it may be kept: whole, or cut to the network that it lies in (IPv4 /24, IPv6 /48). */
export function addressAs(precision: 'truncated' | 'full', text: string): string | undefined {
  // A zone says by which interface of this machine, and nothing of the client.
  const address = text.split('%', 1)[0]!;
  if (!address.includes(':')) {
    const bytes = bytesOf(address);
    return bytes && dotted(bytes, precision);
  }
  const groups = groupsOf(address);
  if (groups === undefined) return undefined;
  const mapped = mappedBytes(groups);
  if (mapped !== undefined) return dotted(mapped, precision);
  if (precision === 'full') return address.toLowerCase();
  return groups[0] === SIX_TO_FOUR ? dotted(bytesIn(groups.slice(1, 3)), precision) : networkOf(groups);
}

/**
 * The address of whoever is at the other end, as the platform knows it: Express and Fastify look at `X-Forwarded-For` only
 * where they were told whom to believe it. Without a platform it is the socket's peer.
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
  /** socket.io: the peer, whatever its headers say. */
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

function bytesOf(text: string): number[] | undefined {
  const parts = text.split('.', 5);
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function dotted(bytes: readonly number[], precision: 'truncated' | 'full'): string {
  return precision === 'full' ? bytes.join('.') : [...bytes.slice(0, 3), 0].join('.');
}

/** The eight groups of an IPv6 address. */
function groupsOf(text: string): number[] | undefined {
  const halves = text.split('::', 3);
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupsIn);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function groupsIn(text: string, half: number, halves: readonly string[]): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':', 9);
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const bytes = index === parts.length - 1 && half === halves.length - 1 ? bytesOf(part) : undefined;
    if (bytes !== undefined) groups.push(bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!);
    else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** The IPv4 address that a dual-stack socket shows as `::ffff:203.0.113.7`. */
function mappedBytes(groups: readonly number[]): number[] | undefined {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined;
  return bytesIn(groups.slice(6));
}

function bytesIn(groups: readonly number[]): number[] {
  return groups.flatMap((group) => [group >> 8, group & 255]);
}

function networkOf(groups: readonly number[]): string {
  const kept = groups.slice(0, 3);
  while (kept.at(-1) === 0) kept.pop();
  return `${kept.map((group) => group.toString(16)).join(':')}::`;
}
