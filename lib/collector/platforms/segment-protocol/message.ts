import { type EventKind, isEventKind } from '../../ledger/received.js';
import type { ReadEvent } from '../../platform.js';
import {
  idOf,
  isAbsent,
  isLonger,
  isObject,
  isoTime,
  jsonBytes,
  objectOf,
  type UnknownObject,
} from '../reading/json.js';
import { MESSAGE_FAULTS } from './segment-protocol.messages.js';

export type MessageFault = keyof typeof MESSAGE_FAULTS;

/** A message, and the rules of the protocol that it breaks. The platform decides what they mean for the event. */
export interface Message {
  /** As it came. */
  readonly value: unknown;
  /** The outcome is `delivered` until the platform changes it. */
  readonly event: { -readonly [K in keyof ReadEvent]: ReadEvent[K] };
  readonly faults: readonly MessageFault[];
}

const NAME_MEMBERS = {
  track: 'event',
  group: 'groupId',
  alias: 'previousId',
  page: 'name',
  screen: 'name',
} as const;

/** Reads a message; `type` is that of a path for one message. */
export function readMessage(value: unknown, type?: EventKind): Message {
  const message = objectOf(value);
  const given = type ?? message['type'];
  const kind = isEventKind(given) ? given : 'track';
  const id = idOf(message['messageId']);
  const time = isoTime(timestampOf(message));
  const faults = faultsOf(value, given, time);
  return {
    value,
    faults,
    event: {
      kind,
      name: kind === 'identify' ? '' : (idOf(message[NAME_MEMBERS[kind]]) ?? ''),
      id,
      userId: idOf(message['userId']),
      anonymousId: idOf(message['anonymousId']),
      time,
      properties: objectOf(contentOf(kind, message)),
      outcome: 'delivered',
      problems: faults.map((fault) => MESSAGE_FAULTS[fault]),
      repetition: id ?? undefined,
    },
  };
}

export function allWith(messages: readonly Message[], outcome: ReadEvent['outcome']): ReadEvent[] {
  for (const { event } of messages) event.outcome = outcome;
  return eventsOf(messages);
}

/** Whether no host can process it. Other faults have no documented effect. */
export function isFatal({ faults }: Message): boolean {
  return faults.some((fault) => fault === 'noObject' || fault === 'noType' || fault === 'noIds');
}

export function eventsOf(messages: readonly Message[]): ReadEvent[] {
  return messages.map(({ event }) => event);
}

export function addProblem({ event }: Message, problem: string): void {
  event.problems = [...event.problems, problem];
}

/** The messages with more bytes than `max`. Cheap for a short body: none of its messages is longer than the body. */
export function longMessages(messages: readonly Message[], body: string, max: number): Message[] {
  if (!isLonger(body, max)) return [];
  return messages.filter(({ value }) => jsonBytes(value) > max);
}

/** Traits or properties. RudderStack's browser SDK has the traits of a person in the context. */
function contentOf(kind: EventKind, { traits, properties, context }: UnknownObject): unknown {
  if (kind === 'identify') return traits ?? objectOf(context)['traits'];
  return kind === 'group' ? traits : properties;
}

/** RudderStack's browser SDK has the second name only. */
function timestampOf({ timestamp, originalTimestamp }: UnknownObject): unknown {
  return timestamp ?? originalTimestamp;
}

function faultsOf(value: unknown, kind: unknown, time: number | null): readonly MessageFault[] {
  if (!isObject(value)) return ['noObject'];
  if (!isEventKind(kind)) return ['noType'];
  const { userId, anonymousId, messageId } = value;
  const faults: MessageFault[] = [];
  if (!isId(userId) && !isId(anonymousId)) faults.push('noIds');
  if (![userId, anonymousId, messageId].every(isTextOrAbsent)) faults.push('idIsNoText');
  if (time === null && !isAbsent(timestampOf(value))) faults.push('noTime');
  if (kind === 'track' && !isId(value['event'])) faults.push('noName');
  if (kind === 'group' && !isId(value['groupId'])) faults.push('noGroup');
  if (kind === 'alias' && !isId(value['previousId'])) faults.push('noPrevious');
  if (kind === 'alias' && !isId(userId)) faults.push('noNewId');
  const content = contentOf(kind, value);
  if (!isAbsent(content) && !isObject(content)) faults.push('noProperties');
  return faults;
}

/** Hosts trim ids, so that spaces alone are none. */
function isId(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}

function isTextOrAbsent(value: unknown): boolean {
  return typeof value === 'string' || isAbsent(value);
}
