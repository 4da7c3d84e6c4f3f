import { type EventKind, isEventKind } from '../../ledger/received.js';
import type { ReadEvent } from '../../platform.js';
import { idOf, isObject, isoTime, textOf, type UnknownObject } from '../reading/json.js';
import { eventWith } from '../reading/reading.js';
import { noObject } from './webhook.messages.js';

/** The kind that a text names; `track` for others. */
export function kindOf(value: unknown): EventKind {
  return isEventKind(value) ? value : 'track';
}

/** Reads the JSON that `webhook()` sends, and as much as it can of any other. `position` distinguishes events of one request without ids. */
export function readOwnEvent(value: unknown, webhookId: string | undefined, position: number): ReadEvent {
  const message = webhookId === undefined ? undefined : `${webhookId} ${position}`;
  if (!isObject(value)) return unreadBody(noObject, value, message);
  const kind = kindOf(value['type']);
  const id = idOf(value['id']) ?? idOf(value['messageId']);
  return eventWith({
    kind,
    name: nameOf(kind, value),
    id,
    userId: idOf(value['userId']),
    anonymousId: idOf(value['anonymousId']),
    time: isoTime(value['timestamp']),
    properties: propertiesOf(value),
    repetition: id ?? message,
  });
}

/** An event that shows a body which cannot be read. */
export function unreadBody(problem: string, body: unknown, repetition: string | undefined): ReadEvent {
  return eventWith({ properties: { body }, problems: [problem], repetition });
}

/** An event without properties has none; of other JSON, the whole is shown. */
function propertiesOf(value: UnknownObject): UnknownObject {
  const { id, type, properties } = value;
  if (isObject(properties)) return properties;
  return typeof id === 'string' && isEventKind(type) ? {} : value;
}

function nameOf(kind: EventKind, { name, event, groupId, previousId, type }: UnknownObject): string {
  if (kind === 'identify') return '';
  if (kind === 'group') return idOf(groupId) ?? '';
  if (kind === 'alias') return idOf(previousId) ?? '';
  const ownType = isEventKind(type) ? null : textOf(type);
  return textOf(name) ?? textOf(event) ?? ownType ?? '';
}
