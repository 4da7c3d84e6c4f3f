import { isLonger, objectOf } from '../reading/json.js';
import type { Message } from '../segment-protocol/message.js';
import { addProblem } from '../segment-protocol/outcomes.js';
import { changedMessageId, longName } from './jitsu.messages.js';

const MAX_NAME_BYTES = 128;
const MAX_ID_LENGTH = 64;
const UNSUPPORTED = /[^\w.-]/g;
/** The host makes an id of its own for a message without one. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** The id by which answers name a message: cleaned and cut. */
export function shownId({ event: { id } }: Message): string {
  return id === null ? NO_ID : id.replaceAll(UNSUPPORTED, '_').slice(0, MAX_ID_LENGTH);
}

/** Why Jitsu does not accept a message, in its own words; undefined: it does. Adds the problems that only Jitsu has with it. */
export function messageError(message: Message): string | undefined {
  const { event, faults, value } = message;
  const id = shownId(message);
  if (event.id !== null && event.id !== id) {
    event.repetition = id;
    addProblem(message, changedMessageId);
  }
  if (faults.includes('noType')) {
    const { type } = objectOf(value);
    return typeof type === 'string' && type !== ''
      ? `Unknown event type: ${type.slice(0, 100)}`
      : 'type property of event is required';
  }
  if (faults.includes('noName')) return "'event' property is required for 'track' event";
  if (event.kind === 'track' && isLonger(event.name, MAX_NAME_BYTES)) {
    addProblem(message, longName);
    return `Invalid track event name '${event.name.slice(0, 200)}'. Max length is ${MAX_NAME_BYTES} characters.`;
  }
  return undefined;
}
