import { type EventKind, isEventKind } from '../../ledger/received.js';
import type { ReadEvent } from '../../platform.js';
import { idOf, isAbsent, isObject, isoTime, objectOf, type UnknownObject } from '../reading/json.js';
import { MESSAGE_FAULTS } from './segment-protocol.messages.js';

export type MessageFault = keyof typeof MESSAGE_FAULTS;

const NAME_MEMBERS = {
  track: 'event',
  group: 'groupId',
  alias: 'previousId',
  page: 'name',
  screen: 'name',
} as const;

/** A message, and the rules of the protocol that it breaks. The platform decides what they mean for the event. */
export class Message {
  readonly faults: readonly MessageFault[];
  /** The outcome is `delivered` until the platform changes it. */
  readonly event: { -readonly [K in keyof ReadEvent]: ReadEvent[K] };

  /** @param type that of a path for one message */
  constructor(
    readonly value: unknown,
    type?: EventKind,
  ) {
    const message = objectOf(value);
    const given = type ?? message['type'];
    const kind = isEventKind(given) ? given : 'track';
    const id = idOf(message['messageId']);
    const time = isoTime(timestampOf(message));
    this.faults = faultsOf(value, given, time);
    this.event = {
      kind,
      name: kind === 'identify' ? '' : (idOf(message[NAME_MEMBERS[kind]]) ?? ''),
      id,
      userId: idOf(message['userId']),
      anonymousId: idOf(message['anonymousId']),
      time,
      properties: objectOf(contentOf(kind, message)),
      outcome: 'delivered',
      problems: this.faults.map((fault) => MESSAGE_FAULTS[fault]),
      repetition: id ?? undefined,
    };
  }

  /** No host can process it. Other faults have no documented effect. */
  get isFatal(): boolean {
    return this.faults.some((fault) => fault === 'noObject' || fault === 'noType' || fault === 'noIds');
  }

  addProblem(problem: string): void {
    this.event.problems = [...this.event.problems, problem];
  }
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
