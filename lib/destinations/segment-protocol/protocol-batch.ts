import { wellFormedJson } from '../well-formed.js';
import type { Message } from './message.js';

/** The size limits of a host, in UTF-8 bytes of the JSON that is sent. */
export interface BodyLimits {
  readonly maxMessageBytes: number;
  readonly maxBodyBytes: number;
}

/** Members of a body beside `batch`, such as `sentAt`. */
export type Envelope = Readonly<Record<string, string>>;

/** The door keeps events so far below `maxMessageBytes` that only a copy of a longer id may take a message over it. */
const MAX_COPIED_ID = 100;

/**
 * The body of a request.
 *
 * @throws RangeError if a message or the body is too large
 */
export function protocolBody(
  messages: readonly Message[],
  envelope: Envelope,
  { maxMessageBytes, maxBodyBytes }: BodyLimits,
): string {
  for (const message of messages) {
    if (mayBeLong(message) && isLonger(JSON.stringify(message), maxMessageBytes))
      throw new RangeError('A message is too large');
  }
  // One call for all: a call for each message costs a third more.
  const body = wellFormedJson(JSON.stringify({ batch: messages, ...envelope }));
  if (isLonger(body, maxBodyBytes)) throw new RangeError('The request is too large');
  return body;
}

function mayBeLong({ context }: Message): boolean {
  const { groupId } = context;
  return typeof groupId === 'string' && groupId.length > MAX_COPIED_ID;
}

const MOST_BYTES_PER_UNIT = 3;

function isLonger(text: string, bytes: number): boolean {
  return text.length * MOST_BYTES_PER_UNIT > bytes && Buffer.byteLength(text) > bytes;
}
