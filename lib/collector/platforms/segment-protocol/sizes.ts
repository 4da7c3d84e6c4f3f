import { isLonger, jsonBytes } from '../reading/json.js';
import type { Message } from './message.js';

/** The messages with more bytes than `max`. Cheap for a short body: none of its messages is longer than the body. */
export function longMessages(messages: readonly Message[], body: string, max: number): Message[] {
  if (!isLonger(body, max)) return [];
  return messages.filter(({ value }) => jsonBytes(value) > max);
}
