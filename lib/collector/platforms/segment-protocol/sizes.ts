import { jsonBytes } from '../reading/json.js';
import type { Message } from './message.js';

/** A UTF-16 unit has at most so many bytes in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

/** Whether a text has more bytes than `max`. Cheap for a short text. */
export function isLonger(text: string, max: number): boolean {
  return text.length * MOST_BYTES_PER_UNIT > max && Buffer.byteLength(text) > max;
}

/** The messages with more bytes than `max`. Cheap for a short body: none of its messages is longer than the body. */
export function longMessages(messages: readonly Message[], body: string, max: number): Message[] {
  if (!isLonger(body, max)) return [];
  return messages.filter(({ value }) => jsonBytes(value) > max);
}
