import type { DestinationLimits, OutgoingRequest } from '../destination.js';
import { isLonger, jsonRequest } from '../json-request.js';
import type { Message } from './message.js';

export interface BodyLimits {
  readonly maxMessageBytes: number;
  readonly maxBodyBytes: number;
}

/** Segment and Customer.io: 32 KB per message, as their SDKs measure it, and 500 KB per batch. */
export const HOSTED_BODY: BodyLimits = { maxMessageBytes: 32_768, maxBodyBytes: 500_000 };

/** Less than those, because a message is a little longer than the event's own JSON. */
export const HOSTED_LIMITS: Omit<DestinationLimits, 'maxEvents'> = {
  maxBytes: 450_000,
  maxEventBytes: 32_000,
};

/** Members of a body beside `batch`, such as `sentAt`. */
export type Envelope = Readonly<Record<string, string>>;

/** The door keeps events so far below `maxMessageBytes` that only a copy of a longer id may take a message over it. */
const MAX_COPIED_ID = 100;

/**
 * The request for a batch of messages.
 *
 * @throws RangeError if a message or the body is too large
 */
export function protocolRequest(
  post: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly gzip?: boolean },
  messages: readonly Message[],
  envelope: Envelope,
  { maxMessageBytes, maxBodyBytes }: BodyLimits,
): OutgoingRequest {
  for (const message of messages) {
    if (mayBeLong(message) && isLonger(JSON.stringify(message), maxMessageBytes)) {
      throw new RangeError('A message is too large');
    }
  }
  // One JSON.stringify() for all messages: one for each costs a third more.
  return jsonRequest({ ...post, maxBytes: maxBodyBytes }, { batch: messages, ...envelope });
}

function mayBeLong({ context }: Message): boolean {
  const { groupId } = context;
  return typeof groupId === 'string' && groupId.length > MAX_COPIED_ID;
}
