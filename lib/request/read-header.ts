import { ownMember } from '../event/json-values.js';
import { guarded } from '../host/guarded.js';

/**
 * One header of a request; `undefined` if it is absent. Reads HTTP requests, the handshake of socket.io, and the upgrade request
 * that a `ws` socket has kept (`upgradeReq` or `request`).
 *
 * The value is the client's claim, never a verified user.
 *
 * @param name in lower case, as Node keeps them
 */
export function readHeader(request: unknown, name: string): string | undefined {
  const headers = headersOf(request);
  if (headers === undefined) return undefined;
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  // Node's object inherits from Object.prototype: a header named `constructor` must not find that.
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (Array.isArray(value)) return value.every((each) => each === value[0]) ? textOf(value[0]) : undefined;
  return textOf(value);
}

/**
 * As {@link readHeader}, for a header that may be sent once. `undefined` if it was sent several times: Node joins the values with
 * commas, and it is unknown which of them comes from a gateway and which from the client.
 */
export function readSingleHeader(request: unknown, name: string): string | undefined {
  const value = readHeader(request, name);
  return value === undefined || !value.includes(',') || !isRepeated(request, name) ? value : undefined;
}

/** The headers of any kind of request. */
export function headersOf(request: unknown): Readonly<Record<string, unknown>> | undefined {
  const found = memberOf(request, 'headers');
  return typeof found === 'object' && found !== null
    ? (found as Readonly<Record<string, unknown>>)
    : undefined;
}

function isRepeated(request: unknown, name: string): boolean {
  const lines = memberOf(request, 'rawHeaders');
  if (!Array.isArray(lines)) return false;
  let times = 0;
  for (let i = 0; i < lines.length; i += 2) {
    if (String(lines[i]).toLowerCase() === name) times++;
  }
  return times > 1;
}

/** The raw URL of a request or a socket's handshake. Read for a campaign or a click id, and never stored. */
export function addressOfRequest(request: unknown): string | undefined {
  // Express and Fastify: the whole URL, also in a mounted application.
  const address = memberOf(request, 'originalUrl') ?? memberOf(request, 'url');
  return typeof address === 'string' ? address : undefined;
}

type Member = 'headers' | 'rawHeaders' | 'originalUrl' | 'url';
type MaybeHead = { readonly [M in Member]?: unknown } | null;

interface MaybeRequest extends NonNullable<MaybeHead> {
  /** Fastify. */
  readonly raw?: MaybeHead;
  /** socket.io. */
  readonly handshake?: MaybeHead;
  /** ws. */
  readonly upgradeReq?: MaybeHead;
  readonly request?: MaybeHead;
}

/** A member of any kind of request, of its handshake, or of its upgrade request. */
function memberOf(request: unknown, name: Member): unknown {
  if (typeof request !== 'object' || request === null) return undefined;
  const { [name]: own, raw, handshake, upgradeReq, request: upgrade } = request as MaybeRequest;
  return own ?? raw?.[name] ?? handshake?.[name] ?? upgradeReq?.[name] ?? upgrade?.[name];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * One header of a message, from the context of Nest's transport. NATS, Kafka, RabbitMQ, MQTT 5 and gRPC have headers; TCP and
 * Redis have none. They are recognised by their methods, so that their packages need not be installed.
 */
export function messageHeader(context: unknown, name: string): string | undefined {
  const value = guarded(() => {
    if (typeof context !== 'object' || context === null) return undefined;
    const transport = context as MaybeTransport;
    if (transport.getHeaders !== undefined) return transport.getHeaders()?.get(name);
    if (transport.getMessage !== undefined) {
      const message = transport.getMessage();
      return ownMember(message?.headers ?? message?.properties?.headers, name);
    }
    if (transport.getPacket !== undefined)
      return ownMember(transport.getPacket()?.properties?.userProperties, name);
    return transport.get?.(name);
  });
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  return textOf(Buffer.isBuffer(first) ? first.toString() : first);
}

interface MaybeTransport {
  /** NATS. */
  getHeaders?(): { get(name: string): unknown } | null | undefined;
  /** Kafka, RabbitMQ. */
  getMessage?(): { readonly headers?: unknown; readonly properties?: { readonly headers?: unknown } } | null;
  /** MQTT. */
  getPacket?(): { readonly properties?: { readonly userProperties?: unknown } } | null;
  /** gRPC's metadata. */
  get?(name: string): unknown;
}
