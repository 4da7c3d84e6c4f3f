import type { EventKind } from '../../ledger/received-event.js';
import type { ReadEvent } from '../../platform.js';
import { idOf, isObject, objectOf, type JsonObject } from '../reading/json.js';
import { isoTime } from '../reading/time.js';
import { MESSAGE_FAULTS } from './segment-protocol.messages.js';

export type MessageFault = keyof typeof MESSAGE_FAULTS;

/** A message, and the rules of the protocol that it breaks. The platform decides what they mean for the event. */
export interface Message {
  /** As it came. */
  readonly value: unknown;
  /** The outcome is `delivered` until the platform changes it. */
  readonly event: DraftEvent;
  readonly faults: readonly MessageFault[];
}

/** An event that the platform completes while it reads a request. */
export type DraftEvent = { -readonly [K in keyof ReadEvent]: ReadEvent[K] };

const KINDS: ReadonlySet<unknown> = new Set<EventKind>([
  'track',
  'identify',
  'group',
  'alias',
  'page',
  'screen',
]);
const NO_FAULTS: readonly MessageFault[] = Object.freeze([]);
const NO_PROBLEMS: readonly string[] = Object.freeze([]);
const NOTHING: JsonObject = Object.freeze({});

/** Reads a message; `type` is that of a path for one message. */
export function readMessage(value: unknown, type?: EventKind): Message {
  if (!isObject(value)) return { ...made('track', NOTHING, null, ['noObject']), value };
  const kind = type ?? value['type'];
  const time = isoTime(timestampOf(value));
  if (!KINDS.has(kind)) return made('track', value, time, ['noType']);
  return made(kind as EventKind, value, time, faultsOf(kind as EventKind, value, time));
}

function made(
  kind: EventKind,
  message: JsonObject,
  time: number | null,
  faults: readonly MessageFault[],
): Message {
  const id = idOf(message['messageId']);
  const content = contentOf(kind, message);
  const problems = faults.length === 0 ? NO_PROBLEMS : faults.map((fault) => MESSAGE_FAULTS[fault]);
  return {
    value: message,
    faults,
    event: {
      kind,
      name: nameOf(kind, message),
      id,
      userId: idOf(message['userId']),
      anonymousId: idOf(message['anonymousId']),
      time,
      properties: isObject(content) ? content : NOTHING,
      outcome: 'delivered',
      problems,
      repetition: id ?? undefined,
    },
  };
}

function nameOf(kind: EventKind, message: JsonObject): string {
  switch (kind) {
    case 'track':
      return idOf(message['event']) ?? '';
    case 'identify':
      return '';
    case 'group':
      return idOf(message['groupId']) ?? '';
    case 'alias':
      return idOf(message['previousId']) ?? '';
    case 'page':
    case 'screen':
      return idOf(message['name']) ?? '';
  }
}

/** Traits or properties. RudderStack's browser SDK has the traits of a person in the context. */
function contentOf(kind: EventKind, { traits, properties, context }: JsonObject): unknown {
  if (kind === 'identify') return isAbsent(traits) ? objectOf(context)['traits'] : traits;
  return kind === 'group' ? traits : properties;
}

/** RudderStack's browser SDK has the second name only. */
function timestampOf({ timestamp, originalTimestamp }: JsonObject): unknown {
  return timestamp ?? originalTimestamp;
}

function faultsOf(kind: EventKind, message: JsonObject, time: number | null): readonly MessageFault[] {
  const { userId, anonymousId, messageId } = message;
  const faults: MessageFault[] = [];
  if (!isId(userId) && !isId(anonymousId)) faults.push('noIds');
  if (!isTextOrAbsent(userId) || !isTextOrAbsent(anonymousId) || !isTextOrAbsent(messageId))
    faults.push('idIsNoText');
  if (time === null && !isAbsent(timestampOf(message))) faults.push('noTime');
  if (kind === 'track' && !isId(message['event'])) faults.push('noName');
  if (kind === 'group' && !isId(message['groupId'])) faults.push('noGroup');
  if (kind === 'alias' && !isId(message['previousId'])) faults.push('noPrevious');
  if (kind === 'alias' && !isId(userId)) faults.push('noNewId');
  const content = contentOf(kind, message);
  if (!isAbsent(content) && !isObject(content)) faults.push('noProperties');
  return faults.length === 0 ? NO_FAULTS : faults;
}

/** Hosts trim ids, so that spaces alone are none. */
function isId(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isTextOrAbsent(value: unknown): boolean {
  return typeof value === 'string' || isAbsent(value);
}
