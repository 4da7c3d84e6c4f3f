import { ownMember } from '../event/json-values.js';
import { guarded } from '../host/guarded.js';

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
  const text = Buffer.isBuffer(first) ? first.toString() : first;
  return typeof text === 'string' && text !== '' ? text : undefined;
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
